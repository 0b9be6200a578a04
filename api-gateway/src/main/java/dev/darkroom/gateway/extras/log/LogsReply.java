package dev.darkroom.gateway.extras.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.log.LogPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page of the log.
 *
 * @param logs newest first
 * @param groupedLogs this page's logs by their request
 * @param count rows that match, on all pages
 * @param countLimited true where there may be more rows than count says, otherwise absent
 * @param nextCursor leads to the next page; absent on the last
 */
record LogsReply(
    List<LogRow> logs,
    Map<String, List<LogRow>> groupedLogs,
    long count,
    int limit,
    long offset,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean countLimited,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextCursor) {

  static LogsReply of(LogPage page, LogQuery query) {
    var logs = page.logs().stream().map(LogRow::of).toList();
    var grouped =
        logs.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.requestId().toString(), LinkedHashMap::new, Collectors.toList()));
    var next = page.next();
    return new LogsReply(
        logs,
        grouped,
        page.count(),
        query.limit(),
        query.offset(),
        page.countLimited() ? true : null,
        next == null ? null : Cursor.of(next));
  }
}
