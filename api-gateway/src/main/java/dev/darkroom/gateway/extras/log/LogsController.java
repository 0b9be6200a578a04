package dev.darkroom.gateway.extras.log;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.log.LogQueryParser.ExportQuery;
import dev.darkroom.gateway.extras.log.LogQueryParser.LogQuery;
import dev.darkroom.gateway.http.HeavyReaders;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.log.LogQueries;
import dev.darkroom.ledger.log.LogQueries.LogCount;
import dev.darkroom.ledger.log.LogSlice;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Pages and exports of the log of all requests. */
@RestController
class LogsController {
  private final LogQueries logs;
  private final LogExport logExport;
  private final HeavyReaders readers;
  private final JsonMapper json;

  LogsController(LogQueries logs, LogExport logExport, HeavyReaders readers, JsonMapper json) {
    this.logs = logs;
    this.logExport = logExport;
    this.readers = readers;
    this.json = json;
  }

  @GetMapping("/api/logs")
  @Nullable ResponseEntity<Object> page(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (LogQueryParser.page(request)) {
      case Parsed.BadFields<LogQuery>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<LogQuery>(var query) ->
          readers.page(
              request, () -> readers.write(json, find(query, ReplyLinks.of(request)), response));
    };
  }

  @GetMapping("/api/logs/export")
  @Nullable ResponseEntity<Object> export(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    return switch (LogQueryParser.export(request)) {
      case Parsed.BadFields<ExportQuery>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<ExportQuery>(var query) -> export(query, request, response);
    };
  }

  private LogsReply find(LogQuery query, ReplyLinks links) {
    if (query.filter().isEmpty()) {
      return LogsReply.of(query, new LogSlice(List.of(), null), new LogCount(0, false), links);
    }
    var filter = query.filter().get();
    var slice = logs.page(query.after(), filter, query.limit(), query.offset());
    var rows = slice.entries().size();
    var count = logs.count(filter).atLeast(rows == 0 ? 0 : query.offset() + rows);
    return LogsReply.of(query, slice, count, links);
  }

  private @Nullable ResponseEntity<Object> export(
      ExportQuery query, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getMethod().equals(HttpMethod.HEAD.name())) {
      logExport.writeHeaders(response, query.format());
      return null;
    }
    return readers.export(
        request,
        () -> {
          logExport.write(response, query, ReplyLinks.of(request));
          return null;
        });
  }
}
