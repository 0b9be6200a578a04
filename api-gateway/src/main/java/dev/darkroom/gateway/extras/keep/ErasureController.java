package dev.darkroom.gateway.extras.keep;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.keep.ErasureParser.ErasureRequest;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.submit.RequestBody;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.keep.Erasure;
import dev.darkroom.ledger.keep.ErasureStore;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Removes a user or an owner everywhere. */
@RestController
class ErasureController {
  private static final Logger log = LoggerFactory.getLogger(ErasureController.class);
  private static final String PATH = "/api/operations/erase/";

  private static final String NOTE =
      "Prompts on Kafka go within 25 hours of their submission. Completion events there keep the"
          + " user id for darkroom.kafka.event-retention. Backups, the logs of processes and the"
          + " provider have times of their own. Jobs that are submitted from now on are not part of"
          + " it.";

  private final ErasureStore erasures;
  private final HeavyReaders readers;
  private final ErasureParser parser = new ErasureParser();
  private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

  ErasureController(ErasureStore erasures, HeavyReaders readers) {
    this.erasures = erasures;
    this.readers = readers;
  }

  /** What an erasure would concern now. */
  record ErasureDryRun(boolean dryRun, long jobs, long open, long pictures, long steps) {}

  /** An erasure, and what it does not reach. */
  record ErasureView(Erasure erasure, String note) {}

  @PostMapping("/api/operations/erase")
  @Nullable ResponseEntity<Object> begin(HttpServletRequest request) throws IOException {
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (parser.parse(text)) {
            case Parsed.BadFields<ErasureRequest>(var errors) -> Problem.badFields(errors).answer();
            case Parsed.Success<ErasureRequest>(var asked) when asked.dryRun() ->
                readers.page(request, () -> count(asked));
            case Parsed.Success<ErasureRequest>(var asked) -> begin(asked, request);
          };
    };
  }

  private ResponseEntity<Object> count(ErasureRequest asked) {
    var count = erasures.count(asked.party());
    return JsonReply.of(
        HttpStatus.OK,
        new ErasureDryRun(true, count.jobs(), count.open(), count.pictures(), count.steps()));
  }

  /** The name stands in the row of the erasure while that runs, and nowhere else. */
  private ResponseEntity<Object> begin(ErasureRequest asked, HttpServletRequest request) {
    var id = ids.generate();
    var entry = AuditTrail.of(request, AuditAction.ERASE, "erasure:" + id, Map.of());
    var erasure = erasures.begin(id, asked.party(), asked.reason(), entry);
    log.atWarn()
        .addKeyValue("erasure", id)
        .addKeyValue("actor", entry.actor())
        .log("erasure begins");
    return ResponseEntity.accepted()
        .location(URI.create(ReplyLinks.of(request).to(PATH + id)))
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(new ErasureView(erasure, NOTE));
  }

  @GetMapping("/api/operations/erase/{erasureId}")
  ResponseEntity<Object> show(@PathVariable String erasureId) {
    return RequestId.parse(erasureId)
        .map(RequestId::value)
        .flatMap(erasures::find)
        .map(found -> JsonReply.of(HttpStatus.OK, new ErasureView(found, NOTE)))
        .orElseGet(() ->
            Problem.of(
                    HttpStatus.NOT_FOUND,
                    "No such erasure. The id is in the reply to POST /api/operations/erase.")
                .answer());
  }
}
