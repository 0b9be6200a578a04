package dev.darkroom.gateway.extras.history;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.ledger.history.HistoryQueries;
import dev.darkroom.ledger.history.HistoryRead.EpochChanged;
import dev.darkroom.ledger.history.HistoryRead.HistoryPage;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.messaging.EventRecords;
import dev.darkroom.messaging.PublicUrl;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Shows completion events as Kafka has them, however old they are. */
@RestController
class HistoryController {
  private static final String EPOCH = "Darkroom-Epoch";
  private static final String NEXT = "Darkroom-Next";
  private static final String COMPLETE = "Darkroom-Complete";

  private final HistoryQueries history;
  private final EventRecords records;
  private final PublicUrl publicUrl;
  private final HeavyReaders readers;
  private final JsonMapper json;

  HistoryController(
      HistoryQueries history,
      EventRecords records,
      PublicUrl publicUrl,
      HeavyReaders readers,
      JsonMapper json) {
    this.history = history;
    this.records = records;
    this.publicUrl = publicUrl;
    this.readers = readers;
    this.json = json;
  }

  @GetMapping("/api/events/history")
  @Nullable ResponseEntity<Object> history(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (HistoryRequest.of(request)) {
      case Parsed.BadFields<HistoryRequest>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<HistoryRequest>(var asked) ->
          readers.page(request, () -> answer(asked, ReplyLinks.of(request), response));
    };
  }

  private @Nullable ResponseEntity<Object> answer(
      HistoryRequest asked, ReplyLinks links, HttpServletResponse response) throws IOException {
    return switch (history.read(asked.after(), asked.limit())) {
      case EpochChanged _ ->
          Problem.of(
                  HttpStatus.GONE,
                  "The ledger was restored or failed over since then. Read the history from its beginning, without after.")
              .code(ProblemCode.EPOCH_CHANGED)
              .answer();
      case HistoryPage page -> {
        write(page, asked.asLines(), links, response);
        yield null;
      }
    };
  }

  /** A slow client keeps the events in memory, and so its place among the readers. */
  private void write(
      HistoryPage page, boolean asLines, ReplyLinks links, HttpServletResponse response)
      throws IOException {
    var events = page.ends().stream().map(ended -> records.json(linked(ended, links))).toList();
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    if (asLines) {
      response.setHeader(EPOCH, page.next().epoch());
      response.setHeader(NEXT, HistoryCursor.of(page.next()));
      response.setHeader(COMPLETE, String.valueOf(page.complete()));
    }
    response.setContentType(
        asLines ? HistoryRequest.LINES.toString() : MediaType.APPLICATION_JSON_VALUE);
    readers
        .to(response)
        .write(asLines ? lines(events) : json.writeValueAsBytes(HistoryReply.of(page, events)));
  }

  /**
   * Where the record on Kafka has a whole URL, it has it here; a path becomes a link as elsewhere.
   */
  private FinishedJob linked(FinishedJob ended, ReplyLinks links) {
    return publicUrl.isKnown()
        ? ended
        : ended.withImageUrl(links.toPicture(ended.event().imageUrl()));
  }

  private static byte[] lines(List<byte[]> events) {
    var lines = new ByteArrayOutputStream();
    for (var event : events) {
      lines.writeBytes(event);
      lines.write('\n');
    }
    return lines.toByteArray();
  }
}
