package dev.darkroom.worker;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.dripBody;
import static dev.darkroom.simulator.Fault.hang;
import static dev.darkroom.simulator.Fault.htmlPage;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.Job.JobFailure;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.Fault;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.worker.nebius.Provider;
import dev.darkroom.worker.nebius.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** One job's trouble stays its own, and one call's: a firewall's 403, and a call that hangs. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PoisonedPromptIT {
  private static final Logger log = LoggerFactory.getLogger(PoisonedPromptIT.class);
  private static final String POISON = "select * from";
  private static final Duration PROBE_AFTER = ofSeconds(1);

  @TempDir Path pictures;
  private NebiusSimulator nebius;
  private ConfigurableApplicationContext worker;
  private TestingGateway gateway;
  private Provider provider;

  @BeforeEach
  void start() throws IOException {
    nebius = NebiusSimulator.start(SimulatorSettings.defaults());
    worker = startWorker();
    gateway = new TestingGateway(worker);
    provider = worker.getBean(Providers.class).named("nebius");
  }

  @AfterEach
  void stop() throws IOException {
    nebius.clearFaults();
    worker.close();
    nebius.close();
  }

  static List<Fault> firewalls() {
    return List.of(
        htmlPage(403),
        answer(403).withDetail("The key is invalid, the account is closed and access is denied."));
  }

  @ParameterizedTest
  @MethodSource("firewalls")
  void poisoned_prompts_fail_alone_and_hold_nobody_up(Fault firewall) {
    nebius.setLatency(ofMillis(200));
    nebius.everyCall().whosePromptContains(POISON).meet(firewall);
    var warmUp = submit(60, 0);
    awaitEnded(warmUp);

    var without = submit(100, 0);
    awaitEnded(without);
    var one = submit(100, 1);
    awaitEnded(one);
    var ten = submit(100, 10);
    var opened = new AtomicBoolean();
    await()
        .atMost(ofMinutes(1))
        .pollInterval(ofMillis(50))
        .until(() -> {
          gateway.publishDue();
          opened.compareAndSet(false, provider.callsAllowed() == 0);
          return gateway.countOpen(ten) == 0;
        });

    assertThat(opened).isFalse();
    assertThat(provider.callState()).isEqualTo("closed: calls are made");
    var poisoned = ten.stream().filter(job -> prompt(job).contains(POISON)).toList();
    assertThat(poisoned).hasSize(10);
    for (var job : poisoned) {
      assertThat(error(job).code()).isEqualTo("access_refused");
      assertThat(error(job).message()).contains("Nebius answered 403");
      assertThat(counted(job)).isEqualTo(5);
    }
    var baseline = times(without);
    for (var run : List.of(one, ten)) {
      var times = times(run);
      log.atInfo()
          .addKeyValue("without", percentiles(baseline))
          .addKeyValue("with", percentiles(times))
          .log("milliseconds from accept to picture of the 100 good jobs, p50 and p90");
      // held up, they took ten seconds and more; a busy machine needs the room up to there
      assertThat(percentile(times, 50)).isLessThan(percentile(baseline, 50) * 2 + 3_000);
      assertThat(percentile(times, 90)).isLessThan(percentile(baseline, 90) * 2 + 3_000);
    }
  }

  @Test
  void a_lone_poisoned_job_waits_and_fails_with_the_words() {
    nebius.everyCall().meet(htmlPage(403));
    var job = gateway.submit(POISON + " users");
    awaitEnded(List.of(job));

    assertThat(gateway.job(job).status()).isEqualTo(JobStatus.FAILED);
    assertThat(gateway.steps(job)).endsWith("attempts_exhausted");
    assertThat(error(job).message()).contains("Nebius answered 403");
    assertThat(counted(job)).isEqualTo(5);
    assertThat(nebius.bill().calls()).hasSize(5);
    assertThat(provider.callState()).isEqualTo("closed: calls are made");
  }

  @Test
  void a_key_that_is_refused_for_everybody_makes_jobs_wait() {
    nebius.everyCall().meet(answer(403).withDetail("Forbidden"));
    var jobs = submit(8, 0);
    await()
        .atMost(ofSeconds(20))
        .untilAsserted(() -> {
          gateway.publishDue();
          assertThat(provider.callState())
              .startsWith("nebius: 403, access was refused; open until ");
        });
    var before = nebius.bill().calls().size();
    await()
        .during(PROBE_AFTER.multipliedBy(2))
        .atMost(PROBE_AFTER.multipliedBy(20))
        .until(() -> {
          gateway.publishDue();
          return provider.callState().startsWith("nebius: 403");
        });

    assertThat(jobs).noneMatch(job -> gateway.job(job).status().isTerminal());
    assertThat(jobs).allMatch(job -> counted(job) <= 1);
    assertThat(nebius.bill().calls().size() - before).as("probes").isBetween(0, 4);
    nebius.clearFaults();
    awaitEnded(jobs);
    assertThat(jobs).allMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
  }

  @Test
  void with_a_call_that_hangs_from_before_an_outage_the_worker_is_back_soon() {
    nebius.nextCall().meet(dripBody(64, ofMinutes(2)));
    var hanging = gateway.submit("A hanging call");
    await().until(() -> nebius.bill().calls().size() == 1);
    outage();
    var recovered = System.nanoTime();
    nebius.clearFaults();

    var first = firstPicture(recovered);
    assertThat(first).isLessThan(ofSeconds(4));
    assertThat(gateway.job(hanging).status().isTerminal()).isFalse();
  }

  @Test
  void a_probe_that_hangs_is_not_waited_for() {
    outage();
    nebius.clearFaults();
    nebius.nextCall().meet(hang());
    var recovered = System.nanoTime();

    assertThat(firstPicture(recovered)).isLessThan(ofSeconds(6));
  }

  private final List<RequestId> waiting = new ArrayList<>();

  private void outage() {
    nebius.everyCall().meet(answer(503));
    waiting.addAll(submit(20, 0));
    await()
        .atMost(ofSeconds(20))
        .until(() -> {
          gateway.publishDue();
          return provider.callState().contains("open until");
        });
    var before = nebius.bill().calls().size();
    await()
        .atMost(ofSeconds(20))
        .until(() -> { // one probe has failed
          gateway.publishDue();
          return nebius.bill().calls().size() > before
              && provider.callState().contains("open until");
        });
  }

  private Duration firstPicture(long since) {
    await()
        .atMost(ofSeconds(60))
        .pollInterval(ofMillis(50))
        .until(() -> {
          gateway.publishDue();
          return waiting.stream().anyMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
        });
    var took = Duration.ofNanos(System.nanoTime() - since);
    log.atInfo().addKeyValue("took", took).log("first picture after the outage");
    nebius.clearFaults(); // a probe that hangs is cut off, and its job tried again
    awaitEnded(waiting);
    assertThat(waiting).allMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
    return took;
  }

  private List<RequestId> submit(int good, int poisoned) {
    var jobs = new ArrayList<RequestId>();
    for (int i = 0; i < good; i++) {
      if (poisoned > 0 && i % (good / poisoned) == 0) {
        jobs.add(gateway.submit(POISON + " table_" + i));
      }
      jobs.add(gateway.submit("Gull " + i));
    }
    return jobs;
  }

  private void awaitEnded(List<RequestId> jobs) {
    await()
        .atMost(ofMinutes(1))
        .pollInterval(ofMillis(50))
        .untilAsserted(() -> {
          gateway.publishDue();
          assertThat(gateway.countOpen(jobs)).isZero();
        });
  }

  private JobFailure error(RequestId job) {
    return requireNonNull(gateway.job(job).error());
  }

  private String prompt(RequestId job) {
    return gateway.job(job).request().prompt();
  }

  private long counted(RequestId job) {
    return gateway.job(job).steps().stream()
        .map(step -> step.details())
        .filter(details -> details != null && Boolean.TRUE.equals(details.get("counts")))
        .count();
  }

  /** From accept to picture, in milliseconds, of those that completed, shortest first. */
  private List<Long> times(List<RequestId> jobs) {
    var times =
        jobs.stream()
            .flatMap(job -> gateway.job(job).steps().stream())
            .filter(step -> step.step().equals("image_generated"))
            .map(step -> (Number) requireNonNull(requireNonNull(step.details()).get("jobMillis")))
            .map(Number::longValue)
            .sorted()
            .toList();
    assertThat(times).hasSize(100);
    return times;
  }

  private static long percentile(List<Long> sorted, int percent) {
    return sorted.get(sorted.size() * percent / 100 - 1);
  }

  private static List<Long> percentiles(List<Long> sorted) {
    return IntStream.of(50, 90).mapToObj(percent -> percentile(sorted, percent)).toList();
  }

  private ConfigurableApplicationContext startWorker() {
    return WorkerFixture.start(
        WorkerFixture.database(),
        nebius.baseUri(),
        pictures,
        "darkroom.worker.drain=0s",
        "darkroom.backoff.base=100ms",
        "darkroom.backoff.cap=500ms",
        "darkroom.nebius.breaker.probe-after=" + PROBE_AFTER.toMillis() + "ms");
  }
}
