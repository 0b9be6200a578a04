package dev.darkroom.gateway.logs;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A page of the log.
 *
 * @param logs newest first
 * @param groupedLogs this page's logs by their request
 * @param count rows that match, on all pages
 */
@Schema(name = "Logs")
record LogsReply(
    List<LogRow> logs, Map<String, List<LogRow>> groupedLogs, long count, int limit, long offset) {

  static LogsReply of(List<LogRow> logs, long count, LogQuery query) {
    var grouped =
        logs.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.requestId().toString(), LinkedHashMap::new, Collectors.toList()));
    return new LogsReply(logs, grouped, count, query.limit(), query.offset());
  }
}
