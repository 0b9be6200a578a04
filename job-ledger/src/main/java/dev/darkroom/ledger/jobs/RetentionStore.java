package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What need not be kept any longer: expired idempotency keys, and pictures of old jobs. */
public final class RetentionStore {
  private final JdbcClient database;
  private final Duration keepKeys;

  public RetentionStore(JdbcClient database, Duration keepKeys) {
    this.database = database;
    this.keepKeys = keepKeys;
  }

  /**
   * Deletes a key whose job was deleted. Key and job are committed together, so a statement that
   * begins after the key was read sees the job, if there is one.
   *
   * @param owner whose key it is
   * @param job the one that the key was found to stand for
   * @return whether the key is free again
   */
  public boolean forgetKeyIfJobIsGone(String owner, String key, RequestId job) {
    return database
        .sql(
            """
            with forgotten as (
              delete from public.generation_idempotency_keys
              where owner = :owner and key = :key and request_id = :job
                and not exists (select from public.generation_jobs where request_id = :job))
            select not exists (select from public.generation_jobs where request_id = :job)
            """)
        .param("owner", owner)
        .param("key", key)
        .param("job", job.value())
        .query(Boolean.class)
        .single();
  }

  /**
   * Deletes expired keys. It never waits: a key that a client is just using again is left alone.
   *
   * @param limit keys at most; the oldest first
   * @return how many were deleted
   */
  public int forgetExpiredKeys(int limit) {
    return database
        .sql(
            """
            with expired as (
              select owner, key from public.generation_idempotency_keys
              where created_at < now() - :keep * interval '1 millisecond'
              order by created_at limit :limit
              for update skip locked)
            delete from public.generation_idempotency_keys key
            using expired where key.owner = expired.owner and key.key = expired.key
            """)
        .param("keep", keepKeys.toMillis())
        .param("limit", limit)
        .update();
  }

  /**
   * The pictures whose jobs ended long enough ago, and those without a job. The ledger marks them
   * as removed before anything is deleted, so that no job offers a picture that is gone; a picture
   * that was not deleted after all is returned again. It never waits: pictures that another gateway
   * is about to delete are left to it.
   *
   * @param keep how long a picture stays after its job has ended
   */
  public List<RequestId> forgetPicturesIfEndedBefore(
      Collection<RequestId> pictures, Duration keep) {
    return database
        .sql(
            """
            with asked as (
              select request_id from unnest(:ids::uuid[]) as asked(request_id)),
            ended as (
              select job.request_id from public.generation_jobs job join asked using (request_id)
              where job.finished_at < now() - :keep * interval '1 millisecond'
              order by job.request_id
              for update of job skip locked),
            marked as (
              update public.generation_jobs job set image_removed_at = now()
              from ended
              where job.request_id = ended.request_id and job.image_url is not null and job.image_removed_at is null)
            select request_id from ended
            union all
            select request_id from asked
            where not exists (select from public.generation_jobs job where job.request_id = asked.request_id)
            """)
        .param("ids", Columns.texts(pictures.stream()))
        .param("keep", keep.toMillis())
        .query((row, _) -> Columns.requestId(row))
        .list();
  }
}
