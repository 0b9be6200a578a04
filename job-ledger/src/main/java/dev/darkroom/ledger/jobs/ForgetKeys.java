package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deletes idempotency keys that have expired, which nothing needs any more. */
public final class ForgetKeys {
  private final JdbcClient database;
  private final IdempotencySettings settings;

  ForgetKeys(JdbcClient database, IdempotencySettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /**
   * A key whose job was deleted is none any more. Key and job are committed together, so that a
   * statement which begins after the key was read sees the job, if there is one.
   *
   * @param job the one that the key was found to stand for
   * @return whether the key stands for this job no more; whoever comes next takes it
   */
  public boolean forgetIfGone(String key, RequestId job) {
    var exists =
        database
            .sql("select exists (select from public.generation_jobs where request_id = :job)")
            .param("job", job.value())
            .query(Boolean.class)
            .single();
    if (exists) {
      return false;
    }
    database
        .sql(
            "delete from public.generation_idempotency_keys where key = :key and request_id = :job")
        .param("key", key)
        .param("job", job.value())
        .update();
    return true;
  }

  /**
   * Never waits: a key that is just being taken over is left alone.
   *
   * @param limit keys at most; the oldest first
   * @return how many were deleted
   */
  public int forgetExpired(int limit) {
    return database
        .sql(
            """
            with expired as (
              select key from public.generation_idempotency_keys
              where created_at < now() - :keep * interval '1 millisecond'
              order by created_at limit :limit
              for update skip locked)
            delete from public.generation_idempotency_keys key
            using expired where key.key = expired.key
            """)
        .param("keep", settings.keep().toMillis())
        .param("limit", limit)
        .update();
  }
}
