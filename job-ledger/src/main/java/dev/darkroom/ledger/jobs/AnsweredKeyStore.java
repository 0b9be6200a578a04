package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Remembers which idempotency keys were answered, so that a key that the gateway made of a request
 * stands for its job as long as somebody may still want the answer, and then for the next request.
 */
public final class AnsweredKeyStore {
  private final JdbcClient database;

  public AnsweredKeyStore(JdbcClient database) {
    this.database = database;
  }

  /**
   * A key and the job that it was found to stand for.
   *
   * @param owner whose key it is
   */
  public record HeldKey(String owner, String value, RequestId job) {}

  /**
   * How long an ended job is kept for a client.
   *
   * @param answered for one that says that it repeats a request, since the answer was written
   * @param unanswered for whoever sends the request again, since the end of the job
   */
  public record AnswerRetention(Duration answered, Duration unanswered) {}

  /**
   * Notes that the answer has reached its client. The first one counts: of many clients that get
   * the same answer at once, only one writes the row.
   */
  public void noteAnswer(HeldKey key) {
    database
        .sql(
            """
            update public.generation_idempotency_keys set answered_at = now()
            where owner = :owner and key = :key and request_id = :job
              and (answered_at is null or answered_at < created_at)
            """)
        .param("owner", key.owner())
        .param("key", key.value())
        .param("job", key.job().value())
        .update();
  }

  /** Takes that back: the connection broke off meanwhile. */
  public void withdrawAnswer(HeldKey key) {
    database
        .sql(
            """
            update public.generation_idempotency_keys set answered_at = null
            where owner = :owner and key = :key and request_id = :job
            """)
        .param("owner", key.owner())
        .param("key", key.value())
        .param("job", key.job().value())
        .update();
  }

  /** Deletes the key, so that the same request makes a new job. */
  public void free(HeldKey key) {
    database
        .sql(
            """
            delete from public.generation_idempotency_keys
            where owner = :owner and key = :key and request_id = :job
            """)
        .param("owner", key.owner())
        .param("key", key.value())
        .param("job", key.job().value())
        .update();
  }

  /**
   * Deletes the key of ended jobs if nobody is to get their answer any more.
   *
   * @param jobs all that the key stands for
   * @param repeated whether the request that is here now says that it repeats one
   * @return whether the key stands for these jobs no longer
   */
  public boolean freeIfSettled(
      HeldKey key, Collection<RequestId> jobs, boolean repeated, AnswerRetention kept) {
    var freed =
        database
            .sql(
                """
                delete from public.generation_idempotency_keys as known
                where owner = :owner and key = :key and request_id = :job
                  and case when answered_at >= created_at
                    then not :repeated or answered_at < now() - :answered * interval '1 millisecond'
                    else coalesce(
                        (select max(finished_at) from public.generation_jobs where request_id = any (:jobs::uuid[])),
                        '-infinity')
                      < now() - :unanswered * interval '1 millisecond' end
                """)
            .param("owner", key.owner())
            .param("key", key.value())
            .param("job", key.job().value())
            .param("jobs", Columns.texts(jobs.stream()))
            .param("repeated", repeated)
            .param("answered", kept.answered().toMillis())
            .param("unanswered", kept.unanswered().toMillis())
            .update();
    return freed == 1 || !stands(key);
  }

  /** False where another request has freed it at the same time. */
  private boolean stands(HeldKey key) {
    return database
        .sql(
            """
            select exists (
              select from public.generation_idempotency_keys
              where owner = :owner and key = :key and request_id = :job)
            """)
        .param("owner", key.owner())
        .param("key", key.value())
        .param("job", key.job().value())
        .query(Boolean.class)
        .single();
  }
}
