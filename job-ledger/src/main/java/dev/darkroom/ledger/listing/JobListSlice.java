package dev.darkroom.ledger.listing;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive jobs that match a filter, newest first.
 *
 * @param next the id after which the list goes on; null at its end. A scan may have looked at its
 *     share of jobs and found few or none: then it is where the scan goes on
 */
public record JobListSlice(List<ListedJob> jobs, @Nullable RequestId next) {
  static final JobListSlice EMPTY = new JobListSlice(List.of(), null);

  private static final int MAX_BYTES = 512 * 1024;

  /** Ids, names, status, times and addresses. */
  private static final int OTHER_BYTES = 800;

  /**
   * Reads matching rows up to the limit, or until they have too many bytes. One more row tells that
   * the list goes on. The last row of a scan's window is there even if it doesn't match, because
   * the scan goes on after it.
   */
  static JobListSlice read(ResultSet rows, int limit) throws SQLException {
    var jobs = new ArrayList<ListedJob>();
    long bytes = 0;
    RequestId next = null;
    while (rows.next()) {
      var matches = rows.getBoolean("matches");
      if (matches && (jobs.size() == limit || bytes >= MAX_BYTES)) {
        return new JobListSlice(jobs, jobs.getLast().requestId());
      }
      if (matches) {
        jobs.add(ListedJob.read(rows));
        bytes +=
            OTHER_BYTES + bytes(rows.getString("prompt")) + bytes(rows.getString("error_message"));
      }
      next = rows.getLong("number") == JobListQueries.WINDOW ? Columns.requestId(rows) : null;
    }
    return new JobListSlice(jobs, next);
  }

  private static int bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
