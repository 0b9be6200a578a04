package dev.darkroom.ledger.listing;

import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.sql.Types;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs of any time and in any state, written past the ledger. */
public record TestingArchive(JdbcClient owner) {
  public static final String PROMPT = "a lighthouse";
  public static final long BYTES = 4_096;

  public static TestingArchive in(TestingLedger ledger) {
    return new TestingArchive(ledger.asOwner);
  }

  /** Where a job is. */
  public enum ArchivedState {
    IN_LINE,
    WAITING,
    CLAIMED,
    /** Its completion event is on Kafka. */
    COMPLETED,
    /** Its completion event is not on Kafka yet. */
    JUST_COMPLETED,
    FAILED;

    boolean isOpen() {
      return this == IN_LINE || this == WAITING || this == CLAIMED;
    }

    boolean isQueued() {
      return isOpen() || this == JUST_COMPLETED;
    }

    JobStatus status() {
      return switch (this) {
        case IN_LINE -> JobStatus.STARTED;
        case WAITING, CLAIMED -> JobStatus.PROCESSING;
        case COMPLETED, JUST_COMPLETED -> JobStatus.COMPLETED;
        case FAILED -> JobStatus.FAILED;
      };
    }
  }

  /**
   * A job as a test knows it.
   *
   * @param calls that have ended
   * @param errorCode failed jobs only
   */
  public record ArchivedJob(
      RequestId requestId,
      String userId,
      String model,
      ArchivedState state,
      int calls,
      int billed,
      int unknown,
      @Nullable String errorCode) {
    public JobStatus status() {
      return state.status();
    }

    public Instant acceptedAt() {
      return requestId.createdAt().orElseThrow();
    }

    public boolean isRunning() {
      return state == ArchivedState.CLAIMED;
    }

    public boolean hasPicture() {
      return status() == JobStatus.COMPLETED;
    }

    Billing billing() {
      return Billing.of(calls, billed, unknown, isRunning());
    }
  }

  /** An id as the gateway mints them at this time. */
  public static RequestId anIdAt(Instant time) {
    var random = UUID.randomUUID();
    return new RequestId(
        new UUID(
            time.toEpochMilli() << 16 | 0x7000 | (random.getMostSignificantBits() & 0xfff),
            random.getLeastSignificantBits()));
  }

  /** Writes a job's rows, without any step. */
  public ArchivedJob write(ArchivedJob job) {
    owner
        .sql(
            """
            insert into public.generation_jobs (request_id, user_id, request, call, status, attempts, deadline_at,
              image_url, image_sha256, image_content_type, image_bytes, error_code, error_message, created_at,
              finished_at, calls, calls_billed, calls_unknown)
            select :id, :user, jsonb_build_object('prompt', :prompt::text),
              jsonb_build_object('parameters', jsonb_build_object('model', :model::text)), :status,
              case when :open then 0 else 2 end, :at::timestamptz + interval '15 minutes',
              case when :picture then '/generated/' || :id || '.webp' end, case when :picture then 'ab' end,
              case when :picture then 'image/webp' end, case when :picture then :bytes end,
              :code::text, case when :code::text is not null then 'No.' end, :at::timestamptz,
              case when not :open then :at::timestamptz + interval '9 seconds' end,
              case when :open then 0 else :calls end, case when :open then 0 else :billed end,
              case when :open then 0 else :unknown end
            """)
        .param("id", job.requestId().value())
        .param("user", job.userId())
        .param("prompt", PROMPT)
        .param("model", job.model())
        .param("status", job.state().isOpen() ? "started" : job.status().word())
        .param("open", job.state().isOpen())
        .param("picture", job.hasPicture())
        .param("bytes", BYTES)
        .param("at", job.acceptedAt().toString())
        .param("code", job.errorCode(), Types.VARCHAR)
        .param("calls", job.calls())
        .param("billed", job.billed())
        .param("unknown", job.unknown())
        .update();
    if (job.state().isQueued()) {
      writeQueueRow(job);
    }
    return job;
  }

  private void writeQueueRow(ArchivedJob job) {
    owner
        .sql(
            """
            insert into public.generation_queue (request_id, user_id, state, turn, attempt, worker_id, claim_token,
              deadline_at, calls, calls_billed, calls_unknown)
            values (:id, :user, :state, :turn, :attempt, case when :attempt > 0 then 'worker-1' end,
              case when :attempt > 0 then :id end, :at::timestamptz + interval '15 minutes', :calls, :billed, :unknown)
            """)
        .param("id", job.requestId().value())
        .param("user", job.userId())
        .param(
            "state",
            switch (job.state()) {
              case IN_LINE -> "in_line";
              case WAITING -> "due";
              case CLAIMED -> "claimed";
              case COMPLETED, JUST_COMPLETED, FAILED -> "ended";
            })
        .param("turn", job.state() == ArchivedState.IN_LINE ? 1L : null, Types.BIGINT)
        .param("attempt", job.state() == ArchivedState.IN_LINE ? 0 : 3)
        .param("at", job.acceptedAt().toString())
        .param("calls", job.calls())
        .param("billed", job.billed())
        .param("unknown", job.unknown())
        .update();
  }
}
