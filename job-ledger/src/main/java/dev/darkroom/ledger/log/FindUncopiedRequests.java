package dev.darkroom.ledger.log;

import dev.darkroom.model.RequestId;
import java.util.Arrays;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds requests whose prompts {@link IndexPrompts} has not copied yet, by looking through their
 * first steps.
 */
final class FindUncopiedRequests {
  /** First steps that are looked through: some 20 milliseconds. */
  static final int MOST = 10_000;

  private final JdbcClient database;

  FindUncopiedRequests(JdbcClient database) {
    this.database = database;
  }

  /** The newest ones; those at the time of the last copy are among them, copied or not. */
  FindRequests.Found find(LogFilter filter) {
    return LogParameters.matching(
            database.sql(
                """
                select count(*) <= :most as all_seen, coalesce(array_agg(request_id) filter (
                  where prompt ilike :pattern and (:userId::text is null or user_id = :userId)), '{}') as requests
                from (
                  select request_id, user_id, prompt from public.generation_logs
                  where status = 'started' and created_at >= coalesce(
                    (select max(accepted_at) from public.generation_prompts), '-infinity')
                  order by created_at desc limit :most + 1) as uncopied
                """),
            filter)
        .param("most", MOST)
        .query((row, _) -> {
          var requests = Arrays.stream((UUID[]) row.getArray("requests").getArray());
          return new FindRequests.Found(
              requests.map(RequestId::new).toList(), row.getBoolean("all_seen"));
        })
        .single();
  }
}
