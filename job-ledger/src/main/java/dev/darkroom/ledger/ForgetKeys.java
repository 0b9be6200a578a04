package dev.darkroom.ledger;

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
