package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.extras.log.ReadLogQuery.Reading;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/** Searching the log. */
@RestController
class LogsApi {
  private final GenerationLogs ledger;
  private final HeavyReaders readers;
  private final JsonMapper json;

  LogsApi(GenerationLogs ledger, HeavyReaders readers, JsonMapper json) {
    this.ledger = ledger;
    this.readers = readers;
    this.json = json;
  }

  @GetMapping("/api/logs")
  @Nullable ResponseEntity<Object> logs(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (ReadLogQuery.of(request)) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Understood(var query) -> readers.page(request, () -> write(query, response));
    };
  }

  /** A slow client keeps the rows in memory, and so its place among the readers. */
  private @Nullable ResponseEntity<Object> write(LogQuery query, HttpServletResponse response)
      throws IOException {
    var reply = find(query);
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    try {
      json.writeValue(readers.to(response), reply);
    } catch (JacksonIOException e) {
      throw e.getCause(); // the client has gone, or is too slow
    }
    return null;
  }

  private LogsReply find(LogQuery query) {
    var page =
        query
            .filter()
            .map(filter -> pageOf(filter, query))
            .orElseGet(() -> new LogPage(List.of(), 0));
    return LogsReply.of(page, query);
  }

  private LogPage pageOf(LogFilter filter, LogQuery query) {
    return query
        .after()
        .map(place -> ledger.page(filter, query.limit(), place))
        .orElseGet(() -> ledger.page(filter, query.limit(), query.offset()));
  }
}
