package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads the steps of one job, without its prompts: each step has them, and a job that waits for a
 * day may have thousands of steps.
 */
final class JobSteps {
  private static final int FIRST = 100;
  private static final int LATEST = 900;

  private final JdbcClient database;
  private final LedgerJson json;

  JobSteps(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
  }

  /** Oldest first; where there are more than a thousand, some in the middle are left out. */
  List<LogEntry> of(RequestId requestId) {
    return database
        .sql(
            """
            select seq, id, request_id, user_id, status, step, image_url, created_at,
              case when jsonb_typeof(details -> 'parameters') = 'object'
                then details #- '{parameters,prompt}' #- '{parameters,negative_prompt}'
                else details end as details
            from (
              (select * from public.generation_logs where request_id = :id order by seq limit :first)
              union
              (select * from public.generation_logs where request_id = :id order by seq desc limit :latest)
            ) as step
            order by seq
            """)
        .param("id", requestId.value())
        .param("first", FIRST)
        .param("latest", LATEST)
        .query((row, _) ->
            new LogEntry(
                row.getLong("seq"),
                row.getObject("id", UUID.class),
                Columns.requestId(row),
                row.getString("user_id"),
                "",
                Columns.status(row),
                row.getString("step"),
                json.details(row.getString("details")),
                row.getString("image_url"),
                Columns.instant(row, "created_at")))
        .list();
  }
}
