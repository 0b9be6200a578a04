package dev.darkroom.gateway.logs;

import dev.darkroom.gateway.logs.ReadLogQuery.Reading;
import dev.darkroom.gateway.web.Problem;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPage;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Searching the log. */
@RestController
class LogsApi {
  private final GenerationLogs ledger;

  LogsApi(GenerationLogs ledger) {
    this.ledger = ledger;
  }

  @DocumentLogs
  @GetMapping("/api/logs")
  ResponseEntity<Object> logs(HttpServletRequest request) {
    return switch (ReadLogQuery.of(request)) {
      case Reading.Bad(var errors) -> Problem.badFields(errors).answer();
      case Reading.Understood(var query) ->
          ResponseEntity.ok()
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .body(find(query));
    };
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
