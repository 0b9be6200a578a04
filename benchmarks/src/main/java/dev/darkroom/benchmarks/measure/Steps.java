package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.load.JobSeries;
import dev.darkroom.benchmarks.stand.Database;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** When the jobs of a series took a step, as the log has it. */
final class Steps {
  private Steps() {}

  /** By tag, in microseconds since 1970. */
  static Map<String, Long> micros(Database database, JobSeries jobs, String step)
      throws SQLException {
    var times = new HashMap<String, Long>();
    try (var connection = database.connect();
        var statement =
            connection.prepareStatement(
                """
                select substring(prompt from '<(.*)>'), (extract(epoch from created_at) * 1000000)::bigint
                from public.generation_logs where step = ? and prompt like ?
                """)) {
      statement.setString(1, step);
      statement.setString(2, jobs.pattern());
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          times.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return times;
  }

  /** From the series' first call to the end of its last job. */
  static double secondsOfCalls(Database database, JobSeries jobs) throws SQLException {
    return database.ask(
        """
        select extract(epoch from max(created_at) filter (where step = 'image_generated')
          - min(created_at) filter (where step = 'calling_nebius_api'))
        from public.generation_logs where prompt like ?
        """,
        jobs.pattern());
  }
}
