package dev.darkroom.ledger.jobs;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A row of {@code generation_jobs} in any state, written past the ledger. Times are distances from
 * now; negative ones lie in the past.
 */
public final class JobFixture {
  public static final String WORKER = "worker-1";
  public static final GenerationRequest REQUEST =
      new GenerationRequest("a lighthouse", null, 0.7, 0.5, "sketch", 512, 768, 42, null, null);
  public static final TraceParent TRACE =
      new TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  public static final PictureRecord PICTURE =
      new PictureRecord("/generated/picture.webp", "ab".repeat(32), "image/webp", 4_096);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PAST = Duration.ofSeconds(-1);
  private static final Duration LATER = Duration.ofMinutes(1);

  private final Map<String, @Nullable Object> columns;

  private JobFixture(Map<String, @Nullable Object> columns) {
    this.columns = columns;
  }

  /** Accepted and let go, due, and unpublished for longer than its reservation. */
  public static JobFixture aQueuedJob() {
    return new JobFixture(Map.of())
        .with("user_id", "ada")
        .with("request", REQUEST)
        .with("status", "started")
        .with("attempt", 0)
        .with("failures", 0)
        .with("let_go", true)
        .with("traceparent", TRACE.value())
        .with("created_at", Instant.now().minusSeconds(5))
        .due(PAST)
        .deadline(Duration.ofMinutes(10));
  }

  /** One attempt is over; it is due for the next, and has no turn yet. */
  public static JobFixture aWaitingJob() {
    return aQueuedJob().withAttempts(1).with("let_go", false);
  }

  /** Accepted and held back. */
  public static JobFixture aJobInLine(String user, long turn) {
    return aQueuedJob()
        .with("user_id", user)
        .with("let_go", false)
        .with("turn", turn)
        .with("publish_after", "infinity");
  }

  /** In the first attempt of {@link #WORKER}. */
  public static JobFixture aHeldJob() {
    return aWaitingJob().heldBy(WORKER).lease(LATER);
  }

  public static JobFixture aLapsedJob() {
    return aHeldJob().lease(PAST);
  }

  public static JobFixture aCompletedJob() {
    return aWaitingJob()
        .with("status", "completed")
        .with("finished_at", Instant.now())
        .with("image_url", PICTURE.url())
        .with("image_sha256", PICTURE.sha256())
        .with("image_content_type", PICTURE.contentType())
        .with("image_bytes", PICTURE.bytes());
  }

  public static JobFixture aFailedJob() {
    return aWaitingJob()
        .with("status", "failed")
        .with("finished_at", Instant.now())
        .with("error_code", "rejected")
        .with("error_message", "Nebius did not want it.");
  }

  public JobFixture withAttempts(int number) {
    return with("attempt", number).with("status", number == 0 ? "started" : "processing");
  }

  public JobFixture withFailures(int number) {
    return with("failures", number);
  }

  public JobFixture withLastError(String message) {
    return with("error_code", "outage").with("error_message", message);
  }

  public JobFixture heldBy(String worker) {
    return with("worker_id", worker).lease(LATER);
  }

  public JobFixture lease(Duration fromNow) {
    return at("lease_until", fromNow);
  }

  public JobFixture due(Duration fromNow) {
    return at("due_at", fromNow).publishAfter(fromNow);
  }

  public JobFixture publishAfter(Duration fromNow) {
    return at("publish_after", fromNow);
  }

  public JobFixture deadline(Duration fromNow) {
    return at("deadline_at", fromNow);
  }

  public JobFixture overdue() {
    return deadline(PAST);
  }

  /** Its record is on Kafka. */
  public JobFixture enqueued() {
    return at("enqueued_at", PAST).publishAfter(LATER);
  }

  /** Its completion event is on Kafka. */
  public JobFixture published() {
    return at("event_published_at", PAST);
  }

  private JobFixture at(String column, Duration fromNow) {
    return with(column, Instant.now().plus(fromNow));
  }

  public JobFixture with(String column, @Nullable Object value) {
    var changed = new HashMap<>(columns);
    changed.put(column, value);
    return new JobFixture(Collections.unmodifiableMap(changed));
  }

  /** Writes the row, without any step. */
  public RequestId in(TestingLedger ledger) {
    var id = new RequestId(UUID.randomUUID());
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_jobs
            select * from jsonb_populate_record(null::public.generation_jobs, :row::jsonb)
            """)
        .param("row", JSON.writeValueAsString(with("request_id", id).columns))
        .update();
    return id;
  }

  /** Writes the row; the answer is the hold on it that its last worker believes to have. */
  public Attempt heldIn(TestingLedger ledger) {
    var id = in(ledger);
    return ledger
        .asOwner
        .sql(
            """
            select attempt, coalesce(worker_id, :worker) as worker from public.generation_jobs
            where request_id = :id
            """)
        .param("worker", WORKER)
        .param("id", id.value())
        .query((row, _) -> new Attempt(id, row.getInt("attempt"), row.getString("worker")))
        .single();
  }
}
