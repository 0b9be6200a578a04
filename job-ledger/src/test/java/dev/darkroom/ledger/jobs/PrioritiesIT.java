package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.aWaitingJob;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.queue.QueueLoad.LineEnd;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Priorities order the jobs of one line; weights share the turns of all. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(value = 60, unit = SECONDS)
class PrioritiesIT {
  private static final int MANY = 1_000;

  private final TestingLedger ledger = TestingLedger.empty();
  private final Map<RequestId, String> names = new HashMap<>();
  private int number;

  @Test
  void higher_priorities_of_a_line_go_first_and_those_alike_in_the_order_in_which_they_came() {
    accept("ada", 1, 1, 5);
    accept("ada", 3, 1, 5);
    accept("ada", 5, 1, 3);

    assertThat(one(4)).containsExactly("ada5.11", "ada5.12", "ada5.13", "ada3.6");
    assertThat(one(4)).containsExactly("ada3.7", "ada3.8", "ada3.9", "ada3.10");
    assertThat(one(5)).containsExactly("ada1.1", "ada1.2", "ada1.3", "ada1.4", "ada1.5");
  }

  /** A job that gives its turn away must not go behind those that came after it. */
  @Test
  void a_job_that_others_went_before_stays_before_those_that_came_after_it() {
    accept("ada", 3, 1, 6);
    var order = new ArrayList<String>();
    for (var n = 0; n < 3; n++) {
      accept("ada", 5, 1, 1);
      order.addAll(one(1));
      order.addAll(one(1));
    }
    order.addAll(one(3));

    assertThat(order)
        .containsExactly(
            "ada5.7", "ada3.1", "ada5.8", "ada3.2", "ada5.9", "ada3.3", "ada3.4", "ada3.5",
            "ada3.6");
  }

  @Test
  void a_line_gets_no_more_turns_for_its_priorities() {
    accept("ada", 3, 1, 40);
    accept("bob", 3, 1, 40);
    accept("ada", 5, 1, 20);

    var dispatched = one(20);
    for (var n = 0; n < 10; n++) {
      accept("ada", 5, 1, 1);
      dispatched.addAll(one(2));
    }

    assertThat(dispatched.stream().filter(job -> job.startsWith("bob"))).hasSize(20);
    assertThat(dispatched.stream().filter(job -> job.startsWith("ada")))
        .hasSize(20)
        .allMatch(job -> job.startsWith("ada5"));
    assertThat(one(MANY)).as("and nothing is lost").hasSize(110 - 40);
  }

  @Test
  void lines_share_turns_by_their_weights() {
    accept("light", 3, 1, 200);
    accept("heavy", 3, 4, 200);
    accept("heaviest", 3, 100, 200);

    var counts =
        one(105).stream().collect(Collectors.groupingBy(PrioritiesIT::line, Collectors.counting()));

    assertThat(counts.get("light")).isBetween(1L, 2L);
    assertThat(counts.get("heavy")).isBetween(4L, 5L);
    assertThat(counts.get("heaviest")).isBetween(98L, 100L);
  }

  @Test
  void who_comes_late_waits_for_one_job_of_a_heavier_line_and_not_for_a_round_of_it() {
    accept("heaviest", 3, 100, 200);
    one(50);

    accept("light", 3, 1, 1);

    assertThat(one(3)).anyMatch(job -> job.startsWith("light"));
  }

  @Test
  void retries_of_a_heavy_line_follow_each_other_by_its_weight() {
    for (var n = 0; n < 8; n++) {
      aWaitingJob().with("user_id", "heavy").with("weight", 4).in(ledger);
    }
    assertThat(ledger.fairQueue.drawForDue(MANY)).isEqualTo(8);
    accept("light", 3, 1, 2);

    var jobs = ledger.fairQueue.dispatch(MANY, MANY, 6).orElseThrow().jobs();

    assertThat(jobs.stream().filter(job -> job.message().userId().equals("light"))).hasSize(2);
  }

  @Test
  void a_job_shows_its_priority_and_the_place_that_it_gives() {
    accept("ada", 3, 1, 10);
    var urgent = accept("ada", 5, 1, 1).getFirst();
    var idle = accept("ada", 1, 1, 1).getFirst();

    assertThat(ledger.jobQueries.find(urgent, Visibility.ALL))
        .hasValueSatisfying(job -> assertThat(job.priority()).isEqualTo(5));
    assertThat(ahead(urgent)).isZero();
    assertThat(ahead(idle)).isEqualTo(11);
    assertThat(one(2)).containsExactly("ada5.11", "ada3.1");
    assertThat(ahead(idle)).as("two on Kafka, nine in line").isEqualTo(11);
  }

  @Test
  void the_load_says_where_lines_end_and_what_is_in_them() {
    var serving = ledger.queueLoad.waiting().serving();
    accept("ada", 3, 1, 10);
    accept("ada", 5, 1, 2);
    accept("bob", 3, 2, 3);

    var waiting = ledger.queueLoad.waiting();
    var ends = ledger.queueLoad.ends(List.of("ada", "bob", "cyd"));

    assertThat(waiting.line()).hasSize(15);
    assertThat(waiting.line().getLast().jobs()).isEqualTo(15);
    assertThat(waiting.dispatched()).isZero();
    assertThat(ends)
        .containsOnly(
            Map.entry("ada", new LineEnd(serving + 11 * JobTerms.TURN, List.of(0, 0, 10, 0, 2))),
            Map.entry("bob", new LineEnd(serving + JobTerms.TURN, null)));
    one(MANY);
    assertThat(ledger.queueLoad.waiting().line()).isEmpty();
    assertThat(ledger.queueLoad.waiting().serving()).isEqualTo(serving + 11 * JobTerms.TURN);
    assertThat(ledger.queueLoad.ends(List.of("ada"))).isEmpty();
    assertThat(ledger.queueLoad.pictures(Duration.ofMinutes(1)).pictures()).isZero();
  }

  /** A flood beside a quiet user: counted, not timed. */
  @Test
  void a_flood_of_urgent_jobs_keeps_a_quiet_line_waiting_no_longer() {
    accept("flood", 5, 1, 500);
    one(32);
    for (var n = 0; n < 10; n++) {
      accept("flood", 5, 1, 50);
      accept("quiet", 3, 1, 1);

      assertThat(one(2))
          .as("one job of the flood goes before, at most")
          .anyMatch(job -> job.startsWith("quiet"));
    }
  }

  private List<RequestId> accept(String user, int priority, int weight, int jobs) {
    var accepted =
        IntStream.range(0, jobs)
            .mapToObj(_ -> {
              var id = new RequestId(uuid());
              names.put(id, user + priority + "." + (number + 1));
              number++;
              return new NewJob(
                      id,
                      user,
                      JobFixture.REQUEST,
                      JobFixture.CALL,
                      Duration.ofMinutes(10),
                      JobFixture.TRACE)
                  .on(new JobTerms(priority, weight, null));
            })
            .toList();
    assertThat(ledger.jobStore.accept(accepted, 0)).hasOnlyElementsOfType(Accepted.class);
    return accepted.stream().map(NewJob::id).toList();
  }

  /** In the order of their acceptance, as gateways draw them. */
  private UUID uuid() {
    return new UUID(0x0198_0000_0000_7000L + ((long) number << 16), 0x8000_0000_0000_0000L);
  }

  private List<String> one(int jobs) {
    return ledger.fairQueue.dispatch(MANY * 2, MANY * 2, jobs).orElseThrow().jobs().stream()
        .map(job -> names.get(job.message().requestId()))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static String line(String job) {
    return job.replaceAll("\\d.*", "");
  }

  private int ahead(RequestId job) {
    return ledger.queuePositions.positionIfWaiting(job).orElseThrow().ahead();
  }
}
