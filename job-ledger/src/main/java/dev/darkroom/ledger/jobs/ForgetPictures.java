package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Says which pictures were kept for long enough, and remembers that they are gone. */
public final class ForgetPictures {
  private final JdbcClient database;

  ForgetPictures(JdbcClient database) {
    this.database = database;
  }

  /**
   * Those whose jobs ended long enough ago, and those without a job. It is remembered before
   * anything is removed, so that no job goes on offering a picture that is gone; what was not
   * removed after all is asked for again. Never waits: pictures that another gateway is about to
   * remove are left to it.
   *
   * @param keep how long a picture stays after its job has ended
   */
  public List<RequestId> forgetIfEndedBefore(Collection<RequestId> pictures, Duration keep) {
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
