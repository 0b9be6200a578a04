package dev.darkroom.worker;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.resetAfterBilling;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.Billing.BillingState;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatedCall;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.worker.nebius.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A whole worker with two providers, Nebius before a spare one that has the model by another name.
 * {@code -Ddarkroom.outage.seconds=300} makes a long outage of it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SecondProviderIT {
  private static final Logger log = LoggerFactory.getLogger(SecondProviderIT.class);
  private static final Duration OUTAGE =
      ofSeconds(Integer.getInteger("darkroom.outage.seconds", 6));
  private static final Duration PICTURE_TAKES = ofSeconds(3);
  private static final Duration BETWEEN_JOBS = ofMillis(200);
  private static final String THEIR_NAME = "sdxl-1.0";

  @TempDir static Path pictures;
  private static TestDatabase database;
  private static NebiusSimulator nebius;
  private static NebiusSimulator spare;
  private static ConfigurableApplicationContext worker;
  private static TestingGateway gateway;
  private static Providers providers;

  @BeforeAll
  static void start() throws IOException {
    database = WorkerFixture.database();
    nebius = NebiusSimulator.start(SimulatorSettings.defaults());
    spare =
        NebiusSimulator.start(
            SimulatorSettings.defaults()
                .withApiKey("the-spare-key")
                .withModels(List.of(THEIR_NAME)));
    worker =
        WorkerFixture.start(
            database,
            nebius.baseUri(),
            pictures,
            "darkroom.providers[0].name=nebius",
            "darkroom.providers[1].name=spare",
            "darkroom.providers[1].endpoint=" + spare.baseUri(),
            "darkroom.providers[1].api-key=the-spare-key",
            "darkroom.providers[1].models=stability-ai/sdxl=" + THEIR_NAME,
            "darkroom.providers[1].requests-per-minute=3000",
            "darkroom.nebius.on-unknown-outcome=fail",
            "darkroom.nebius.timeout=60s",
            "darkroom.nebius.breaker.probe-after=1s",
            "darkroom.worker.concurrency=32",
            "darkroom.backoff.base=4s",
            "darkroom.backoff.cap=8s");
    gateway = new TestingGateway(worker);
    providers = worker.getBean(Providers.class);
  }

  @AfterEach
  void heal() {
    Stream.of(nebius, spare)
        .forEach(provider -> {
          provider.clearFaults();
          provider.setLatency(Duration.ZERO);
        });
    await()
        .atMost(ofSeconds(30))
        .pollInterval(ofMillis(200))
        .untilAsserted(() -> {
          awaitEnded(gateway.submit("Is Nebius well? " + UUID.randomUUID()));
          assertThat(providers.named("nebius").callState()).startsWith("closed");
        });
  }

  @AfterAll
  static void stop() throws IOException {
    worker.close();
    nebius.close();
    spare.close();
  }

  @Test
  void a_job_that_nebius_can_not_take_is_done_by_the_spare_one_at_once_and_billed_once() {
    nebius.everyCall().meet(answer(529));

    var job = awaitEnded(gateway.submit("A lone heron"));

    assertThat(job.status()).isEqualTo(JobStatus.COMPLETED);
    assertThat(job.attempts()).extracting(AttemptMade::provider).containsExactly("nebius", "spare");
    assertThat(job.billing()).isEqualTo(new Billing(BillingState.YES, 2));
    assertThat(billedFor("A lone heron")).isEqualTo(1);
    assertThat(announcedModels(job)).containsExactly("stability-ai/sdxl", THEIR_NAME);
    assertThat(callsFor(spare, "A lone heron"))
        .extracting(call -> call.request().model())
        .containsExactly(THEIR_NAME);
    assertThat(details(job, "attempt_failed"))
        .containsEntry("provider", "nebius")
        .extractingByKey("reason")
        .asString()
        .startsWith("Nebius answered 529");
    assertThat(details(job, "image_generated"))
        .containsEntry("provider", "spare")
        .containsEntry("source", "spare");
  }

  @Test
  void where_a_key_is_refused_jobs_go_to_the_other_one() {
    nebius.everyCall().meet(answer(401));
    var ids = IntStream.range(0, 20).mapToObj(i -> gateway.submit("Key " + i)).toList();

    var jobs = ids.stream().map(SecondProviderIT::awaitEnded).toList();

    assertThat(jobs).allMatch(job -> job.status() == JobStatus.COMPLETED);
    assertThat(IntStream.range(0, 20).mapToLong(i -> billedFor("Key " + i))).containsOnly(1L);
    assertThat(jobs).allMatch(job -> "spare".equals(job.attempts().getLast().provider()));
    assertThat(providers.named("nebius").callState()).contains("401, the key was refused");
  }

  @Test
  void a_pause_that_nebius_asks_for_holds_nobody_up() {
    nebius.everyCall().meet(answer(429).withRetryAfter(ofSeconds(3)));
    var job = awaitEnded(gateway.submit("A hasty heron"));
    var next = awaitEnded(gateway.submit("Another hasty heron"));

    assertThat(job.attempts()).extracting(AttemptMade::provider).containsExactly("nebius", "spare");
    assertThat(next.attempts()).extracting(AttemptMade::provider).containsExactly("spare");
    pumpUntil(() -> providers.named("nebius").callsAllowed() > 0);
  }

  @Test
  void after_an_unknown_outcome_no_other_is_asked_where_the_policy_is_to_fail() {
    nebius.nextCall().meet(resetAfterBilling());

    var job = awaitEnded(gateway.submit("A heron in doubt"));

    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.attempts()).extracting(AttemptMade::provider).containsExactly("nebius");
    assertThat(job.billing().billed()).isEqualTo(BillingState.UNKNOWN);
    assertThat(details(job, "attempt_outcome_unknown")).containsEntry("provider", "nebius");
    assertThat(callsFor(spare, "A heron in doubt")).isEmpty();
  }

  @Test
  void while_all_are_down_jobs_wait_as_for_one_and_no_attempt_counts() {
    nebius.everyCall().meet(answer(503));
    spare.everyCall().meet(answer(503));
    var ids = IntStream.range(0, 30).mapToObj(i -> gateway.submit("All down " + i)).toList();
    pumpUntil(() -> providers.all().stream().allMatch(it -> it.callState().contains("open")));
    assertThat(ids).noneMatch(id -> gateway.job(id).status().isTerminal());
    nebius.clearFaults();
    spare.clearFaults();

    var jobs = ids.stream().map(SecondProviderIT::awaitEnded).toList();

    assertThat(jobs).allMatch(job -> job.status() == JobStatus.COMPLETED);
    assertThat(jobs.stream().flatMap(job -> job.steps().stream()))
        .noneMatch(
            step -> step.details() != null && Boolean.TRUE.equals(step.details().get("counts")));
    assertThat(IntStream.range(0, 30).mapToLong(i -> billedFor("All down " + i))).containsOnly(1L);
  }

  @Test
  void each_has_a_limit_of_its_own() {
    var limits = worker.getBean(JdbcClient.class).sql("select name from public.generation_limits");

    await()
        .untilAsserted(() ->
            assertThat(limits.query(String.class).list())
                .as("Nebius has none")
                .containsExactly("spare"));
  }

  @Test
  void an_outage_of_nebius_is_hardly_noticed() {
    nebius.setLatency(PICTURE_TAKES);
    spare.setLatency(PICTURE_TAKES);
    var normal = submitSteadily("normal", OUTAGE.dividedBy(2));
    nebius.everyCall().meet(answer(529));
    var out = submitSteadily("outage", OUTAGE);

    var ofNormal = percentile95(normal);
    var ofOutage = percentile95(out);
    var attempts =
        out.stream()
            .collect(
                groupingBy(
                    job ->
                        job.attempts().stream()
                            .map(made -> String.valueOf(made.provider()))
                            .toList(),
                    counting()));
    log.atInfo()
        .addKeyValue("jobs_normal", normal.size())
        .addKeyValue("p95_normal_ms", ofNormal.toMillis())
        .addKeyValue("jobs_outage", out.size())
        .addKeyValue("p95_outage_ms", ofOutage.toMillis())
        .addKeyValue("attempts", attempts)
        .log("an outage with a second provider");
    assertThat(Stream.of(normal, out).flatMap(List::stream))
        .allMatch(job -> job.status() == JobStatus.COMPLETED);
    assertThat(out).allMatch(job -> "spare".equals(job.attempts().getLast().provider()));
    assertThat(out).as("none goes round in circles").allMatch(job -> job.attempts().size() <= 3);
    assertThat(out.stream().mapToLong(job -> billedFor(job.request().prompt()))).containsOnly(1L);
  }

  /** A job every now and then; returns when all have ended. */
  private static List<Job> submitSteadily(String what, Duration length) {
    var begun = System.nanoTime();
    var ids = new ArrayList<RequestId>();
    await()
        .atMost(length.plusSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(ofMillis(50))
        .until(() -> {
          var soFar = Duration.ofNanos(System.nanoTime() - begun);
          while (soFar.compareTo(BETWEEN_JOBS.multipliedBy(ids.size())) > 0) {
            ids.add(gateway.submit(what + " " + ids.size()));
          }
          gateway.publishDue();
          return soFar.compareTo(length) > 0;
        });
    return ids.stream().map(SecondProviderIT::awaitEnded).toList();
  }

  private static Duration percentile95(List<Job> jobs) {
    var took =
        jobs.stream()
            .map(job ->
                Duration.between(
                    job.steps().getFirst().createdAt(), requireNonNull(job.finishedAt())))
            .sorted()
            .toList();
    return took.get((took.size() * 95 + 99) / 100 - 1);
  }

  private static Job awaitEnded(RequestId id) {
    pumpUntil(() -> gateway.job(id).status().isTerminal());
    return gateway.job(id);
  }

  private static void pumpUntil(Callable<Boolean> reached) {
    await()
        .atMost(ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(ofMillis(50))
        .until(() -> {
          gateway.publishDue();
          return reached.call();
        });
  }

  private static long billedFor(String prompt) {
    return nebius.bill().billedFor(prompt) + spare.bill().billedFor(prompt);
  }

  private static List<SimulatedCall> callsFor(NebiusSimulator provider, String prompt) {
    return provider.bill().calls().stream().filter(call -> call.prompt().equals(prompt)).toList();
  }

  private static List<Object> announcedModels(Job job) {
    return job.steps().stream()
        .map(LogEntry::details)
        .filter(details -> details != null && details.get("parameters") instanceof Map)
        .map(details -> ((Map<?, ?>) details.get("parameters")).get("model"))
        .filter(model -> model != null)
        .map(Object.class::cast)
        .toList();
  }

  private static Map<String, Object> details(Job job, String step) {
    return requireNonNull(
        job.steps().stream()
            .filter(entry -> entry.step().equals(step))
            .findFirst()
            .orElseThrow()
            .details());
  }
}
