package dev.darkroom.ledger.operate;

import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.operate.Operation.OperationAction;
import dev.darkroom.ledger.operate.Operation.OperationStatus;
import dev.darkroom.ledger.operate.OperationStore.Beginning;
import dev.darkroom.ledger.operate.OperationStore.NewOperation;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.row.RequestIdRange;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OperationStoreIT {
  private static final Duration RESERVATION = Duration.ofMinutes(1);

  /** Higher than every id of these tests. */
  private static final UUID LATEST = UUID.fromString("ffffffff-ffff-7fff-bfff-ffffffffffff");

  private final TestingLedger ledger = TestingLedger.empty();
  private final OperationStore operations =
      new OperationStore(
          ledger.asApplication, ledger.asApplication, new LedgerJson(JsonMapper.builder().build()));

  @BeforeEach
  void forget_other_operations() {
    ledger.asOwner.sql("delete from public.generation_operations").update();
  }

  @Test
  void only_jobs_that_match_all_of_the_filter_are_taken() {
    var failed = aFailedJob().in(ledger);
    var hers = aFailedJob().with("user_id", "eve").in(ledger);
    var outage = aFailedJob().with("error_code", "provider_unavailable").in(ledger);
    var completed = aCompletedJob().published().in(ledger);
    var queued = aQueuedJob().in(ledger);
    var waiting = aWaitingJob().in(ledger);
    var held = aHeldJob().in(ledger);

    assertThat(matching(OperationAction.REPLAY, filter(null, null, "ada", null)))
        .containsExactlyInAnyOrder(failed, outage);
    assertThat(matching(OperationAction.REPLAY, filter(null, "rejected", null, null)))
        .containsExactlyInAnyOrder(failed, hers);
    assertThat(matching(OperationAction.REPLAY, filter(JobStatus.COMPLETED, null, null, null)))
        .containsExactly(completed);
    assertThat(matching(OperationAction.REPLAY, filter(null, null, "ada", "other/model")))
        .isEmpty();
    assertThat(matching(OperationAction.CANCEL, filter(null, null, "ada", "stability-ai/sdxl")))
        .containsExactlyInAnyOrder(queued, waiting, held);
    assertThat(matching(OperationAction.CANCEL, filter(JobStatus.STARTED, null, null, null)))
        .containsExactly(queued);
    assertThat(matching(OperationAction.CANCEL, filter(JobStatus.PROCESSING, null, null, null)))
        .containsExactlyInAnyOrder(waiting, held);
  }

  @Test
  void times_are_those_of_acceptance() {
    var noon = Instant.parse("2026-11-22T12:00:00Z");
    var before = failedAt(noon.minusMillis(1));
    var at = failedAt(noon);
    var after = failedAt(noon.plusMillis(1));

    assertThat(matching(OperationAction.REPLAY, between(noon, null))).containsExactly(after, at);
    assertThat(matching(OperationAction.REPLAY, between(null, noon))).containsExactly(before);
    assertThat(matching(OperationAction.REPLAY, between(noon, noon.plusMillis(1))))
        .containsExactly(at);
    assertThat(
            matching(OperationAction.REPLAY, between(Instant.parse("0001-01-01T00:00:00Z"), null)))
        .containsExactly(after, at, before);
  }

  @Test
  void slices_follow_each_other_to_the_end_and_each_job_is_in_one() {
    for (var i = 0; i < 7; i++) {
      aFailedJob().in(ledger);
    }
    var operation = begin(OperationAction.REPLAY, filter(null, null, "ada", null));
    var taken = new ArrayList<RequestId>();

    for (var next = operations.take(RESERVATION);
        next.isPresent();
        next = operations.take(RESERVATION)) {
      var slice = operations.slice(next.get(), 3);
      taken.addAll(slice.jobs());
      assertThat(operations.advance(next.get(), slice, slice.jobs().size())).isTrue();
    }

    assertThat(taken).hasSize(7).doesNotHaveDuplicates();
    var ended = operations.find(operation.id(), Visibility.ALL).orElseThrow();
    assertThat(ended.status()).isEqualTo(OperationStatus.COMPLETED);
    assertThat(ended.changed()).isEqualTo(7);
    assertThat(ended.finishedAt()).isNotNull();
  }

  @Test
  void jobs_that_are_accepted_later_are_not_part_of_it() {
    var operation =
        begin(
            firstAt(Instant.parse("2026-11-22T12:00:00Z")),
            OperationAction.REPLAY,
            filter(null, null, "ada", null));
    failedAt(Instant.parse("2026-11-22T12:00:01Z"));

    assertThat(operations.slice(operation, 10).jobs()).isEmpty();
  }

  @Test
  void one_gateway_at_a_time_carries_it_out_and_another_goes_on_when_it_is_gone() {
    begin(OperationAction.CANCEL, filter(null, null, "ada", null));
    var first = operations.take(RESERVATION).orElseThrow();
    assertThat(operations.take(RESERVATION)).isEmpty();

    ledger.asOwner.sql("update public.generation_operations set reserved_until = now()").update();
    var second = operations.take(RESERVATION).orElseThrow();
    var slice = operations.slice(second, 10);

    assertThat(operations.advance(second, slice, 0)).isTrue();
    assertThat(operations.advance(first, slice, 0)).as("the slice counts once").isFalse();
  }

  @Test
  void what_was_stopped_goes_no_further() {
    aFailedJob().in(ledger);
    var operation = begin(OperationAction.REPLAY, filter(null, null, "ada", null));
    operations.cancel(operation.id(), null);

    assertThat(operations.take(RESERVATION)).isEmpty();
    assertThat(operations.advance(operation, operations.slice(operation, 10), 1)).isFalse();
    assertThat(operations.find(operation.id(), Visibility.ALL).orElseThrow().status())
        .isEqualTo(OperationStatus.CANCELLED);
    assertThat(operations.latest(Visibility.ALL, 10))
        .extracting(Operation::id)
        .containsExactly(operation.id());
  }

  @Test
  void a_key_stands_for_the_first_operation_of_its_owner() {
    var failed = filter(JobStatus.FAILED, null, "ada", null);
    var first = begun(keyed("acme", failed, "Fixed."));

    assertThat(operations.begin(keyed("acme", failed, "Fixed."), null))
        .isEqualTo(new Beginning.Repeated(first));
    assertThat(operations.begin(keyed("acme", failed, null), null))
        .isEqualTo(new Beginning.KeyTaken(first.id()));
    assertThat(operations.begin(keyed("acme", filter(null, null, "ada", null), "Fixed."), null))
        .isEqualTo(new Beginning.KeyTaken(first.id()));
    assertThat(begun(keyed("globex", failed, "Fixed.")).id()).isNotEqualTo(first.id());
    assertThat(operations.latest(Visibility.of("acme"), 10)).containsExactly(first);
  }

  @Test
  void of_two_requests_with_one_key_at_once_one_begins() throws Exception {
    var results =
        new Race<Beginning>()
            .add(
                8,
                () ->
                    operations.begin(
                        keyed("acme", filter(JobStatus.FAILED, null, "ada", null), null), null))
            .run();

    assertThat(results).filteredOn(Beginning.Begun.class::isInstance).hasSize(1);
    assertThat(results).filteredOn(Beginning.Repeated.class::isInstance).hasSize(7);
  }

  private static NewOperation keyed(String owner, JobFilter filter, @Nullable String reason) {
    return new NewOperation(
        UUID.randomUUID(),
        OperationAction.REPLAY,
        filter,
        Visibility.of(owner),
        reason,
        "8e03978e",
        0);
  }

  private Operation begun(NewOperation wanted) {
    return ((Beginning.Begun) operations.begin(wanted, null)).operation();
  }

  private List<RequestId> matching(OperationAction action, JobFilter filter) {
    var operation = begin(UUID.randomUUID(), action, filter);
    var jobs = operations.slice(from(LATEST, operation), 100).jobs();
    assertThat(operations.count(action, filter, Visibility.ALL, LATEST)).isEqualTo(jobs.size());
    return jobs;
  }

  private static Operation from(UUID nextBefore, Operation operation) {
    return new Operation(
        operation.id(),
        operation.action(),
        operation.filter(),
        Visibility.ALL,
        null,
        operation.status(),
        0,
        0,
        0,
        nextBefore,
        operation.createdAt(),
        null);
  }

  private Operation begin(OperationAction action, JobFilter filter) {
    return begin(LATEST, action, filter);
  }

  private Operation begin(UUID id, OperationAction action, JobFilter filter) {
    return begun(new NewOperation(id, action, filter, Visibility.ALL, "A test.", null, 0));
  }

  private static JobFilter filter(
      @Nullable JobStatus status,
      @Nullable String code,
      @Nullable String user,
      @Nullable String model) {
    return new JobFilter(status, code, user, model, null, null);
  }

  private static JobFilter between(@Nullable Instant since, @Nullable Instant until) {
    return new JobFilter(null, null, null, null, since, until);
  }

  private static UUID firstAt(Instant time) {
    return RequestIdRange.between(time, null).first();
  }

  private RequestId failedAt(Instant time) {
    var id = firstAt(time);
    aFailedJob().with("request_id", id).with("attempts", 1).inJobs(ledger);
    return new RequestId(id);
  }
}
