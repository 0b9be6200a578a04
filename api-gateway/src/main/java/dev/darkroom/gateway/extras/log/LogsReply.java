package dev.darkroom.gateway.extras.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.ledger.log.LogPage;
import io.swagger.v3.oas.annotations.media.Schema;
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
@Schema(name = "Logs")
record LogsReply(
    List<LogRow> logs,
    Map<String, List<LogRow>> groupedLogs,
    @Schema(description = "Rows that match on all pages.") long count,
    int limit,
    long offset,
    @Schema(
            description =
                "True where more rows may match than count says, as they were not all looked for: with q, beyond 100,000, or where counting takes too long.")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Boolean countLimited,
    @Schema(description = "Give it as cursor for the next page; absent on the last.")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable String nextCursor) {

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
