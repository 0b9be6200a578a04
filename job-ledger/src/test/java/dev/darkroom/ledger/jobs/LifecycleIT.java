package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobAssert.assertThatJob;
import static dev.darkroom.ledger.jobs.JobFixture.BUILD;
import static dev.darkroom.ledger.jobs.JobFixture.CLAIM;
import static dev.darkroom.ledger.jobs.JobFixture.PICTURE;
import static dev.darkroom.ledger.jobs.JobFixture.WORKER;
import static dev.darkroom.ledger.jobs.JobFixture.aCompletedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aFailedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aHeldJob;
import static dev.darkroom.ledger.jobs.JobFixture.aQueuedJob;
import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.LifecyclePage.Transition;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every transition of {@code docs/job-lifecycle.md}, tried from every state on real rows. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LifecycleIT {
  private static final LifecyclePage PAGE = LifecyclePage.read();
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration PAST = Duration.ofSeconds(-1);

  /** A row in each state, of which only the state can be the reason for a refusal. */
  private static final Map<String, JobFixture> STATES =
      Map.of(
          "queued", aQueuedJob(),
          "waiting", aWaitingJob(),
          "running", aHeldJob().lease(PAST),
          "completed", aCompletedJob(),
          "failed", aFailedJob());

  private final TestingLedger ledger = TestingLedger.empty();

  /** What tries a transition on a job; true where the answer says that it happened. */
  private Map<String, Predicate<RequestId>> transitions() {
    return Map.of(
        "claim", id -> !claim(id).isEmpty(),
        "heartbeat", id -> ledger.workerStore.heartbeat(WORKER, LEASE, BUILD).contains(first(id)),
        "complete",
            id -> ledger.outcomeStore.completeIfCurrent(first(id), PICTURE, Map.of()).isPresent(),
        "fail", this::fail,
        "reschedule", id -> reschedule(id, 3),
        "rescue", _ -> !rescue(UnknownOutcomePolicy.RETRY).isEmpty(),
        "end overdue", _ -> !ledger.endOverdue(10).isEmpty(),
        "too large", id -> !ledger.outcomeStore.endOversized(List.of(id)).isEmpty(),
        "cancel",
            id ->
                !isRunning(id)
                    && ledger.outcomeStore.cancelIfOpen(id, Visibility.ALL, null)
                        instanceof Cancellation.Ended,
        "ask to cut",
            id ->
                isRunning(id)
                    && ledger.outcomeStore.cancelIfOpen(id, Visibility.ALL, null)
                        instanceof Cancellation.Requested);
  }

  /** The other ending of those transitions that have two. */
  private Map<String, Predicate<RequestId>> lastAttempts() {
    return Map.of(
        "reschedule", id -> reschedule(id, 1),
        "rescue", _ -> !rescue(UnknownOutcomePolicy.FAIL).isEmpty());
  }

  @Test
  void the_diagram_and_the_table_agree() {
    assertThat(PAGE.transitions().stream().flatMap(Transition::arrows).collect(Collectors.toSet()))
        .isEqualTo(PAGE.arrows());
  }

  @Test
  void every_state_and_every_transition_of_the_page_is_tried_here() {
    assertThat(PAGE.states())
        .extracting(LifecyclePage.LifecycleState::name)
        .hasSameElementsAs(STATES.keySet());
    assertThat(PAGE.transitions())
        .extracting(Transition::name)
        .filteredOn(name -> !name.equals("accept"))
        .hasSameElementsAs(transitions().keySet());
  }

  static Stream<String> each_transition_starts_and_ends_where_the_page_says() {
    return PAGE.transitions().stream().map(Transition::name).filter(name -> !name.equals("accept"));
  }

  @ParameterizedTest
  @MethodSource
  void each_transition_starts_and_ends_where_the_page_says(String name) {
    var from = new TreeSet<String>();
    var to = new TreeSet<String>();
    for (var variant : List.of(transitions(), lastAttempts())) {
      STATES.forEach((state, fixture) -> {
        var id =
            (name.equals("end overdue") ? fixture.overdue() : fixture).in(TestingLedger.empty());
        var before = row(id);
        if (variant.containsKey(name) && variant.get(name).test(id)) {
          from.add(state);
          to.add(stateOf(id));
        } else {
          assertThat(row(id)).as("a row that lost the race").isEqualTo(before);
          assertThatJob(ledger, id).hasNoSteps();
        }
      });
    }

    var stated = PAGE.transitions().stream().filter(one -> one.name().equals(name)).findFirst();
    assertThat(from).isEqualTo(stated.orElseThrow().from());
    assertThat(to).isEqualTo(stated.orElseThrow().to());
  }

  @Test
  void acceptance_begins_a_life() {
    var accepted = ledger.accept(List.of(NewJobFixture.aNewJob())).getFirst();

    assertThat(Set.of(stateOf(accepted.message().requestId())))
        .isEqualTo(PAGE.transitions().getFirst().to());
  }

  private List<ClaimedJob> claim(RequestId id) {
    return ledger.claim("worker-2", LEASE, List.of(id));
  }

  private boolean fail(RequestId id) {
    return ledger
        .outcomeStore
        .failIfCurrent(first(id), Step.NEBIUS_API_ERROR, "rejected", "No.", Map.of())
        .isPresent();
  }

  private boolean reschedule(RequestId id, int maxAttempts) {
    var policy = ledger.withPolicy(maxAttempts, UnknownOutcomePolicy.RETRY);
    var setback = new RetryableFailure(Step.ATTEMPT_FAILED, "outage", "Down.", true, Duration.ZERO);
    return !(policy.jobStore.rescheduleIfHeld(first(id), setback) instanceof Rescheduled.NotHeld);
  }

  private List<Rescheduled> rescue(UnknownOutcomePolicy policy) {
    return ledger.withPolicy(3, policy).rescue(10);
  }

  private static Attempt first(RequestId id) {
    return new Attempt(id, 1, WORKER, CLAIM);
  }

  private boolean isRunning(RequestId id) {
    return stateOf(id).equals("running");
  }

  private String row(RequestId id) {
    return ledger
        .asOwner
        .sql(
            """
            select job::text || queued::text from public.generation_jobs job
            join public.generation_queue queued using (request_id) where request_id = :id
            """)
        .param("id", id.value())
        .query((row, _) -> row.getString(1))
        .single();
  }

  private String stateOf(RequestId id) {
    return ledger
        .asOwner
        .sql(
            """
            select case when status <> 'started' then status when state = 'claimed' then 'running'
              when attempt > 0 then 'waiting' else 'queued' end
            from public.generation_jobs join public.generation_queue using (request_id)
            where request_id = :id
            """)
        .param("id", id.value())
        .query((row, _) -> row.getString(1))
        .single();
  }
}
