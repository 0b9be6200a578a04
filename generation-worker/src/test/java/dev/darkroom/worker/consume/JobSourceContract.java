package dev.darkroom.worker.consume;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.model.RequestId;
import dev.darkroom.worker.consume.JobSource.JobDelivery;
import dev.darkroom.worker.consume.JobSource.JobSubscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the intake relies on, whatever kind of group the jobs come from. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
abstract class JobSourceContract {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration QUICK = Duration.ofSeconds(10);

  @TempDir static Path folder;
  static TestingBroker broker;
  private static int tests;

  JobSubscription jobs = new JobSubscription("none", "none");
  private final List<JobSource> opened = new ArrayList<>();

  abstract JobSource open(Map<String, Object> connection, JobSubscription subscription);

  abstract int partitions();

  /** What TopicInitializer does about a group before it has members. */
  abstract void prepareGroup(Admin admin, String group) throws Exception;

  abstract Set<String> members(Admin admin, String group) throws Exception;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = new TestingBroker(folder);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void subscription_of_its_own() throws Exception {
    tests++;
    jobs = new JobSubscription("jobs-" + tests, "workers-" + tests);
    prepareGroup(broker.admin, jobs.group());
    broker.createTopic(jobs.topic(), partitions());
  }

  @AfterEach
  void close() {
    opened.forEach(JobSource::close);
  }

  JobSource open() {
    return open(Map.of());
  }

  private JobSource open(Map<String, Object> more) {
    var connection = new HashMap<>(broker.connection());
    connection.putAll(more);
    var source = open(connection, jobs);
    opened.add(source);
    return source;
  }

  private void close(JobSource source) {
    opened.remove(source);
    source.close();
  }

  List<RequestId> send(int count) {
    return broker.send(jobs.topic(), count);
  }

  /** Polls until something comes; nothing is accepted. */
  List<JobDelivery> awaitDeliveries(JobSource source) {
    return await().atMost(LONG).until(() -> source.poll(SHORT), list -> !list.isEmpty());
  }

  /** Takes everything until these have come; what else came is in the answer as well. */
  private Set<RequestId> takeUntil(JobSource source, Collection<RequestId> wanted) {
    var taken = new HashSet<RequestId>();
    await()
        .atMost(LONG)
        .until(() -> {
          var deliveries = source.poll(SHORT);
          source.accept(deliveries);
          taken.addAll(ids(deliveries));
          return taken.containsAll(wanted);
        });
    return taken;
  }

  static List<RequestId> ids(List<JobDelivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.job().requestId()).toList();
  }

  @Test
  void a_job_sent_before_the_first_worker_came_is_delivered() {
    var sent = send(3);

    assertThat(takeUntil(open(), sent)).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void a_source_says_when_it_has_joined_the_group() {
    var source = open();
    assertThat(source.hasJoined()).isFalse();

    await()
        .atMost(LONG)
        .until(() -> {
          source.poll(SHORT);
          return source.hasJoined();
        });

    var sent = send(1);
    assertThat(takeUntil(source, sent)).containsExactlyElementsOf(sent);
  }

  @Test
  void what_was_accepted_is_not_delivered_again() {
    var before = send(20);
    var first = open();
    takeUntil(first, before);
    close(first);
    var after = send(3);

    assertThat(takeUntil(open(), after)).containsExactlyInAnyOrderElementsOf(after);
  }

  @Test
  void workers_share_the_jobs_and_each_reaches_one_of_them() {
    var sent = new ArrayList<RequestId>();
    try (var one = new TestingTaker(open());
        var other = new TestingTaker(open())) {
      await()
          .atMost(LONG)
          .until(() -> {
            sent.addAll(send(4));
            return !one.taken().isEmpty() && !other.taken().isEmpty();
          });
      sent.addAll(send(100));
      await()
          .atMost(LONG)
          .untilAsserted(() -> {
            var taken = new HashSet<>(one.taken());
            taken.addAll(other.taken());
            assertThat(taken).containsExactlyInAnyOrderElementsOf(sent);
          });
    }
  }

  @Test
  void a_worker_that_comes_later_gets_its_share() {
    try (var first = new TestingTaker(open())) {
      var early = send(5);
      await().atMost(LONG).until(() -> first.taken().containsAll(early));
      try (var later = new TestingTaker(open())) {
        await()
            .atMost(LONG)
            .until(() -> {
              send(4);
              return !later.taken().isEmpty();
            });
        assertThat(later.taken()).doesNotContainAnyElementsOf(early);
      }
    }
  }

  @Test
  void what_is_given_back_is_delivered_again() {
    var sent = send(5);
    var source = open();
    var first = awaitDeliveries(source);
    source.giveBack(first);

    assertThat(takeUntil(source, sent)).containsAll(ids(first));
  }

  @Test
  void of_what_was_received_some_may_be_accepted_and_the_others_given_back() {
    send(1);
    var source = open();
    source.accept(awaitDeliveries(source)); // a member by now: what follows comes at once
    send(6);
    var several =
        await()
            .atMost(LONG)
            .until(
                () -> {
                  var deliveries = source.poll(SHORT);
                  if (deliveries.size() < 2) {
                    source.giveBack(deliveries);
                  }
                  return deliveries;
                },
                deliveries -> deliveries.size() > 1);
    var kept = several.subList(0, 1);
    var returned = several.subList(1, several.size());
    source.accept(kept);
    source.giveBack(returned);
    close(source);

    assertThat(takeUntil(open(), ids(returned))).doesNotContainAnyElementsOf(ids(kept));
  }

  @Test
  void what_a_worker_did_not_accept_goes_to_another_when_it_closes() {
    var sent = send(5);
    var leaving = open();
    assertThat(awaitDeliveries(leaving)).isNotEmpty();
    close(leaving);

    assertThat(takeUntil(open(), sent)).containsAll(sent);
  }

  @Test
  void a_wake_up_ends_a_long_poll_at_once() throws Exception {
    var source = open();
    source.accept(source.poll(SHORT));
    var poll = CompletableFuture.supplyAsync(() -> source.poll(LONG));
    var begun = System.nanoTime();
    source.wakeUp();

    assertThat(poll.get()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(QUICK);
  }

  @Test
  void a_wake_up_before_the_poll_is_not_lost() {
    var source = open();
    source.wakeUp();
    var begun = System.nanoTime();

    assertThat(source.poll(LONG)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(QUICK);
  }

  @Test
  void a_worker_without_capacity_receives_nothing_and_stays_a_member() throws Exception {
    var source = open(Map.of("max.poll.interval.ms", 2_000));
    send(1);
    source.accept(awaitDeliveries(source));
    var member = members(broker.admin, jobs.group());
    var waiting = send(3);
    await()
        .during(Duration.ofSeconds(5))
        .atMost(LONG)
        .until(() -> {
          source.keepAlive();
          return members(broker.admin, jobs.group()).equals(member);
        });

    assertThat(member).hasSize(1);
    assertThat(takeUntil(source, waiting)).containsExactlyInAnyOrderElementsOf(waiting);
    assertThat(members(broker.admin, jobs.group())).isEqualTo(member);
  }

  @Test
  void a_record_that_is_no_job_is_passed_over(CapturedOutput output) {
    var before = send(2);
    broker.sendRaw(jobs.topic(), "what", "is this".getBytes(UTF_8));
    broker.sendRaw(jobs.topic(), "that", new byte[] {(byte) 0xff, 0});
    var after = send(2);
    var source = open();
    var taken = takeUntil(source, after);
    if (!taken.containsAll(before)) {
      taken.addAll(takeUntil(source, before));
    }
    close(source);

    assertThat(output.getOut().split("a record is no job", -1)).hasSize(3);
    var last = send(1);
    assertThat(takeUntil(open(), last)).containsExactlyElementsOf(last);
    assertThat(output.getOut().split("a record is no job", -1)).hasSize(3);
  }

  @Test
  void closing_is_quick() {
    var source = open();
    send(3);
    awaitDeliveries(source);
    var begun = System.nanoTime();
    close(source);

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(QUICK);
  }

  @Test
  void a_broker_that_starts_again_has_lost_nothing() throws Exception {
    var staying = open();
    var leaving = open();
    var sent = new HashSet<>(send(10));
    var inHand = awaitDeliveries(staying);
    var others = leaving.poll(SHORT);
    leaving.accept(others);
    broker.stop();
    staying.keepAlive();
    var begun = System.nanoTime();
    close(leaving);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(QUICK);
    broker.startAgain();
    staying.giveBack(inHand);
    sent.addAll(send(10));
    ids(others).forEach(sent::remove);

    assertThat(takeUntil(staying, sent)).containsAll(sent);
  }
}
