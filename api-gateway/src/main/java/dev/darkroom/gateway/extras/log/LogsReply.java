package dev.darkroom.gateway.extras.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.log.LogQueryParser.LogQuery;
import dev.darkroom.gateway.http.TimeCursor;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogPosition;
import dev.darkroom.ledger.log.LogQueries.LogCount;
import dev.darkroom.ledger.log.LogSlice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A page of the log.
 *
 * @param logs newest first
 * @param groupedLogs this page's rows by their request
 * @param count rows that match, on all pages
 * @param countLimited true where more rows may match than were counted; otherwise absent
 * @param nextCursor leads to the next page; absent on the last. A page of a text search may be
 *     empty and not the last
 */
record LogsReply(
    List<LogEntry> logs,
    Map<String, List<LogEntry>> groupedLogs,
    long count,
    int limit,
    long offset,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean countLimited,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextCursor) {

  static LogsReply of(LogQuery query, LogSlice slice, LogCount count, ReplyLinks links) {
    var entries = slice.entries().stream().map(links::in).toList();
    var grouped =
        entries.stream()
            .collect(
                Collectors.groupingBy(
                    step -> step.requestId().toString(), LinkedHashMap::new, Collectors.toList()));
    return new LogsReply(
        entries,
        grouped,
        count.rows(),
        query.limit(),
        query.offset(),
        count.limited() ? true : null,
        slice.next() == null ? null : cursor(slice.next()));
  }

  private static String cursor(LogPosition position) {
    return new TimeCursor(position.createdAt().toInstant(), position.seq()).text();
  }
}
