package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.jobs.WorkerStore.WorkerDescription;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A job in any state, written past the ledger: its row in {@code generation_jobs}, the one in
 * {@code generation_queue} as long as it has one, and its worker's lease. Times are distances from
 * now; negative ones lie in the past.
 */
public final class JobFixture {
  public static final String WORKER = "worker-1";

  /** A worker that no longer renews its lease. */
  public static final String SILENT = "worker-0";

  public static final WorkerDescription BUILD = new WorkerDescription("1.2.3", 16);

  /** What every attempt was claimed by, unless a test says otherwise. */
  public static final UUID CLAIM = UUID.fromString("5d4e4f9c-92a5-4b1b-8b53-3e1f7d1b0009");

  public static final GenerationRequest REQUEST =
      new GenerationRequest("a lighthouse", null, 0.7, 0.5, "sketch", 512, 768, 42, null, null);
  public static final Map<String, ?> CALL =
      Map.of("parameters", Map.of("model", "stability-ai/sdxl", "guidance_scale", 7.5));
  public static final TraceParent TRACE =
      new TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  public static final PictureRecord PICTURE =
      new PictureRecord("/generated/picture.webp", "ab".repeat(32), "image/webp", 4_096);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PAST = Duration.ofSeconds(-1);
  private static final Duration LATER = Duration.ofMinutes(1);

  private final Map<String, @Nullable Object> columns;
  private final Duration lease;
  private final boolean queued;

  private JobFixture(Map<String, @Nullable Object> columns, Duration lease, boolean queued) {
    this.columns = columns;
    this.lease = lease;
    this.queued = queued;
  }

  /** Accepted and dispatched, due, and unpublished for longer than its reservation. */
  public static JobFixture aQueuedJob() {
    return new JobFixture(Map.of(), LATER, true)
        .with("owner", "")
        .with("user_id", "ada")
        .with("request", REQUEST)
        .with("call", CALL)
        .with("status", "started")
        .with("state", "dispatched")
        .with("attempt", 0)
        .with("failures", 0)
        .with("calls", 0)
        .with("calls_billed", 0)
        .with("calls_unknown", 0)
        .with("traceparent", TRACE.value())
        .with("created_at", Instant.now().minusSeconds(5))
        .due(PAST)
        .deadline(Duration.ofMinutes(10));
  }

  /** One attempt is over; it is due for the next, and has no turn yet. */
  public static JobFixture aWaitingJob() {
    return aQueuedJob().withAttempts(1).with("state", "due");
  }

  /** Accepted and held back. */
  public static JobFixture aJobInLine(String user, long turn) {
    return aQueuedJob()
        .with("user_id", user)
        .with("state", "in_line")
        .with("turn", turn)
        .with("publish_after", "infinity");
  }

  /** In the first attempt of {@link #WORKER}. */
  public static JobFixture aHeldJob() {
    return aWaitingJob().heldBy(WORKER);
  }

  public static JobFixture aLapsedJob() {
    return aHeldJob().heldBy(SILENT).lease(PAST);
  }

  public static JobFixture aCompletedJob() {
    return aWaitingJob()
        .ended("completed")
        .with("image_url", PICTURE.url())
        .with("image_sha256", PICTURE.sha256())
        .with("image_content_type", PICTURE.contentType())
        .with("image_bytes", PICTURE.bytes());
  }

  public static JobFixture aFailedJob() {
    return aWaitingJob()
        .ended("failed")
        .with("error_code", "rejected")
        .with("error_message", "Nebius did not want it.");
  }

  private JobFixture ended(String status) {
    return with("status", status).with("state", "ended").with("finished_at", Instant.now());
  }

  public JobFixture withAttempts(int number) {
    var begun = number == 0 || columns.containsKey("claim_token") ? this : begunBy(WORKER);
    return begun.with("attempt", number);
  }

  private JobFixture begunBy(String worker) {
    var claim =
        worker.equals(WORKER)
            ? CLAIM
            : UUID.nameUUIDFromBytes(worker.getBytes(StandardCharsets.UTF_8));
    return with("worker_id", worker).with("claim_token", claim);
  }

  public JobFixture withFailures(int number) {
    return with("failures", number);
  }

  public JobFixture withLastError(String message) {
    return with("error_code", "outage").with("error_message", message);
  }

  public JobFixture heldBy(String worker) {
    return begunBy(worker).with("state", "claimed").with("publish_after", "infinity");
  }

  /** How long its worker's lease lasts, and so that of all its jobs. */
  public JobFixture lease(Duration fromNow) {
    return new JobFixture(columns, fromNow, queued);
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
    return new JobFixture(columns, lease, false);
  }

  private JobFixture at(String column, Duration fromNow) {
    return with(column, Instant.now().plus(fromNow));
  }

  public JobFixture with(String column, @Nullable Object value) {
    var changed = new HashMap<>(columns);
    changed.put(column, value);
    return new JobFixture(Collections.unmodifiableMap(changed), lease, queued);
  }

  /** Writes the rows, without any step. */
  public RequestId in(TestingLedger ledger) {
    var id = new RequestId(UUID.randomUUID());
    var row = with("request_id", id);
    if (columns.get("finished_at") == null) {
      row.with("attempts", 0).with("error_code", null).with("error_message", null).inJobs(ledger);
    } else {
      row.with("attempts", columns.get("attempt")).inJobs(ledger);
    }
    if (queued) {
      row.inQueue(ledger);
    }
    if ("claimed".equals(columns.get("state"))) {
      writeLease(ledger);
    }
    return id;
  }

  /** Writes only the row of {@code generation_jobs}. */
  public void inJobs(TestingLedger ledger) {
    insert(ledger, "generation_jobs");
  }

  /** Writes only the row of {@code generation_queue}. */
  void inQueue(TestingLedger ledger) {
    insert(ledger, "generation_queue");
  }

  private void insert(TestingLedger ledger, String table) {
    var row = columns.containsKey("request_id") ? this : with("request_id", UUID.randomUUID());
    ledger
        .asOwner
        .sql(
            """
            insert into public.%1$s
            select * from jsonb_populate_record(null::public.%1$s, :row::jsonb)
            """
                .formatted(table))
        .param("row", JSON.writeValueAsString(row.columns))
        .update();
  }

  private void writeLease(TestingLedger ledger) {
    ledger
        .asOwner
        .sql(
            """
            insert into public.generation_workers (worker_id, lease_until)
            values (:worker, now() + :lease * interval '1 millisecond')
            on conflict (worker_id) do update set lease_until = excluded.lease_until
            """)
        .param("worker", columns.get("worker_id"))
        .param("lease", lease.toMillis())
        .update();
  }

  /** Writes the rows; the answer is the hold on it that its last worker believes to have. */
  public Attempt heldIn(TestingLedger ledger) {
    var id = in(ledger);
    return new Attempt(
        id,
        columns.get("attempt") instanceof Integer attempt ? attempt : 0,
        columns.get("worker_id") instanceof String worker ? worker : WORKER,
        columns.get("claim_token") instanceof UUID claim ? claim : CLAIM);
  }
}
