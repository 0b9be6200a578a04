package dev.darkroom.worker;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.hangAfterBilling;
import static dev.darkroom.simulator.Fault.resetAfterBilling;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.operate.PauseStore.PauseScope;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.outcome.OutcomeReporter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole worker on real PostgreSQL and Kafka, with the simulator in Nebius's place. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WorkerIT {
  @TempDir static Path pictures;
  private static TestDatabase database;
  private static NebiusSimulator nebius;
  private static ConfigurableApplicationContext worker;
  private static TestingGateway gateway;

  private final List<ConfigurableApplicationContext> moreWorkers = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    database = WorkerFixture.database();
    nebius = NebiusSimulator.start(SimulatorSettings.defaults());
    worker = startWorker();
    gateway = new TestingGateway(worker);
  }

  @AfterAll
  static void stop() throws IOException {
    nebius.clearFaults();
    worker.close();
    nebius.close();
  }

  @AfterEach
  void behave() {
    nebius.clearFaults();
    moreWorkers.forEach(ConfigurableApplicationContext::close);
  }

  private static ConfigurableApplicationContext startWorker(String... more) {
    var settings = Stream.of("darkroom.backoff.base=10ms", "darkroom.nebius.timeout=10s");
    return WorkerFixture.start(
        database,
        nebius.baseUri(),
        pictures,
        Stream.concat(settings, Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void a_job_becomes_a_picture_in_three_steps() throws IOException {
    var id = gateway.submit("A fox");
    awaitStatus(id, JobStatus.COMPLETED);

    assertThat(gateway.steps(id))
        .containsExactly("request_received", "calling_nebius_api", "image_generated");
    var picture = pictureOf(id);
    assertThat(picture).isNotNull();
    assertThat(picture.getWidth()).isEqualTo(96);
    assertThat(picture.getHeight()).isEqualTo(64);
    var details = Objects.requireNonNull(gateway.job(id).steps().getLast().details());
    assertThat(details).containsKeys("callMillis", "savingMillis", "jobMillis");
    assertThat(millis(details, "callMillis") + millis(details, "savingMillis"))
        .isBetween(1L, millis(details, "jobMillis"));
  }

  private static long millis(Map<String, ?> details, String name) {
    return ((Number) Objects.requireNonNull(details.get(name))).longValue();
  }

  @Test
  void the_intent_holds_exactly_what_was_sent() {
    var id = gateway.submit("A badger");
    awaitStatus(id, JobStatus.COMPLETED);

    var intent = gateway.intent(id);
    assertThat(intent).containsEntry("attempt", 1).containsKey("worker");
    var sent = nebius.bill().calls().getLast().request();
    assertThat(intent)
        .extractingByKey("parameters", org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("prompt", sent.prompt())
        .containsEntry("seed", 7)
        .containsEntry("num_inference_steps", 44)
        .containsEntry("response_format", "b64_json")
        .hasSize(9);
  }

  @Test
  void what_is_drawn_is_what_the_ledger_says() {
    var id = gateway.submitForged("An otter", "A forgery");
    awaitStatus(id, JobStatus.COMPLETED);

    assertThat(nebius.bill().calls().stream().map(call -> call.request().prompt()))
        .noneMatch(prompt -> prompt.contains("forgery"))
        .anyMatch(prompt -> prompt.contains("otter"));
  }

  @Test
  void a_job_that_nebius_fails_at_first_is_tried_again_and_each_attempt_is_logged() {
    nebius.nextCalls(2).whosePromptContains("heron").meet(answer(500).withDetail("oops"));
    var id = gateway.submit("A heron");
    awaitEnd(id);

    assertThat(gateway.steps(id))
        .containsExactly(
            "request_received",
            "calling_nebius_api",
            "attempt_failed",
            "retry_scheduled",
            "calling_nebius_api",
            "attempt_failed",
            "retry_scheduled",
            "calling_nebius_api",
            "image_generated");
  }

  @Test
  void an_attempt_of_unknown_outcome_is_logged_as_such_before_the_next() {
    nebius.nextCall().whosePromptContains("otter").meet(resetAfterBilling());
    var id = gateway.submit("An otter");
    awaitEnd(id);

    assertThat(gateway.steps(id))
        .containsExactly(
            "request_received",
            "calling_nebius_api",
            "attempt_outcome_unknown",
            "retry_scheduled",
            "calling_nebius_api",
            "image_generated");
  }

  @Test
  void a_job_that_nebius_rejects_fails_with_its_words() {
    nebius.everyCall().whosePromptContains("weasel").meet(answer(400).withDetail("no weasels"));
    var id = gateway.submit("A weasel");
    awaitEnd(id);

    assertThat(gateway.steps(id))
        .containsExactly("request_received", "calling_nebius_api", "nebius_api_error");
    assertThat(gateway.job(id).error()).asString().contains("no weasels");
  }

  @Test
  void a_job_has_so_many_attempts_and_no_more() {
    nebius.everyCall().whosePromptContains("lynx").meet(answer(500).withDetail("oops"));
    var id = gateway.submit("A lynx");
    awaitEnd(id);

    assertThat(gateway.steps(id)).endsWith("attempt_failed", "attempts_exhausted");
    assertThat(gateway.steps(id)).filteredOn("calling_nebius_api"::equals).hasSize(5);
    assertThat(gateway.job(id).error()).asString().contains("provider_unavailable");
  }

  @Test
  void a_picture_that_is_there_already_is_used_and_not_bought_again() throws IOException {
    var id = new RequestId(UUID.randomUUID());
    var other = gateway.submit("A stoat");
    awaitStatus(other, JobStatus.COMPLETED);
    copyOfPicture(other, id);
    var billed = nebius.bill().total();

    gateway.submit(id, "A marten");
    awaitStatus(id, JobStatus.COMPLETED);

    assertThat(nebius.bill().total()).isEqualTo(billed);
    assertThat(gateway.job(id).steps().getLast().details())
        .containsEntry("source", "store")
        .doesNotContainKeys("callMillis", "savingMillis");
  }

  @Test
  void a_picture_that_comes_after_its_job_has_failed_is_removed() throws IOException {
    var late = gateway.accept("A curlew", java.time.Duration.ofMillis(1));
    var outcomeStore = worker.getBean(OutcomeStore.class);
    await().until(() -> !outcomeStore.endOverdue(10, List.of(), java.time.Duration.ZERO).isEmpty());
    var other = gateway.submit("A snipe");
    awaitStatus(other, JobStatus.COMPLETED);
    var store = worker.getBean(PictureStore.class);
    var report = worker.getBean(OutcomeReporter.class);

    report.report(
        claimed(late, 1),
        new AttemptOutcome.Succeeded(
            copyOfPicture(other, late),
            new AttemptOutcome.ImageSize(96, 64),
            java.time.Duration.ZERO),
        Optional.empty(),
        java.time.Duration.ofMinutes(1));
    report.report(
        claimed(other, 7),
        new AttemptOutcome.Succeeded(
            store.find(other).orElseThrow(),
            new AttemptOutcome.ImageSize(96, 64),
            java.time.Duration.ZERO),
        Optional.empty(),
        java.time.Duration.ofMinutes(1));

    assertThat(store.find(late)).isEmpty();
    assertThat(store.find(other)).isPresent();
    assertThat(gateway.steps(late)).containsExactly("request_received", "deadline_exceeded");
  }

  private static ClaimedJob claimed(RequestId id, int attempt) {
    return new ClaimedJob(
        new Attempt(id, attempt, "worker-1", UUID.randomUUID()),
        "me",
        "nebius",
        "stability-ai/sdxl",
        Map.of(),
        null,
        java.time.Duration.ofMinutes(1));
  }

  @Test
  void workers_share_the_jobs_and_each_is_called_once() {
    moreWorkers.add(startWorker());
    nebius.setLatency(java.time.Duration.ofMillis(200));
    var ids = IntStream.range(0, 60).mapToObj(i -> gateway.submit("Jay " + i + ".")).toList();
    ids.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
    nebius.setLatency(java.time.Duration.ZERO);

    assertThat(nebius.bill().calls())
        .filteredOn(call -> call.prompt().startsWith("Jay"))
        .hasSize(60);
    var shares =
        ids.stream()
            .map(id -> gateway.job(id).steps().getLast().details())
            .map(details -> String.valueOf(Map.copyOf(details).get("worker")))
            .distinct();
    assertThat(shares).hasSize(2);
  }

  @Test
  void a_worker_that_stops_gives_back_what_it_could_not_end_without_counting_it() {
    nebius.nextCall().whosePromptContains("crane").meet(hangAfterBilling());
    worker.close(); // so that the job is with the one that stops
    var stopping = startWorker("darkroom.worker.drain=100ms");
    var id = new TestingGateway(stopping).submit("A crane");
    await()
        .atMost(ofSeconds(20))
        .until(() -> nebius.bill().calls().getLast().prompt().contains("crane"));

    stopping.close();
    worker = startWorker();
    gateway = new TestingGateway(worker);

    assertThat(gateway.steps(id))
        .containsExactly(
            "request_received", "calling_nebius_api", "attempt_outcome_unknown", "retry_scheduled");
    assertThat(gateway.job(id).steps().get(2).details()).containsEntry("counts", false);
    awaitEnd(id);
    assertThat(gateway.job(id).status()).isEqualTo(JobStatus.COMPLETED);
  }

  @Test
  void a_worker_that_stops_takes_nothing_new_and_lets_its_jobs_end() {
    worker.close();
    nebius.setLatency(java.time.Duration.ofMillis(800));
    var stopping =
        startWorker("darkroom.worker.concurrency=2"); // drains as long as a call may take
    var submitter = new TestingGateway(stopping);
    var ids = IntStream.range(0, 8).mapToObj(i -> submitter.submit("Rook " + i + ".")).toList();
    await().atMost(ofSeconds(20)).until(() -> rooksCalled() >= 2);

    stopping.close();
    var called = rooksCalled();
    nebius.setLatency(java.time.Duration.ZERO);
    worker = startWorker();
    gateway = new TestingGateway(worker);

    assertThat(called).as("calls of a worker with two slots").isLessThan(8);
    ids.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
    assertThat(rooksCalled()).as("no call was cut off and made again").isEqualTo(8);
  }

  @Test
  void the_call_of_a_cancelled_job_is_cut() {
    nebius.everyCall().whosePromptContains("magpie").meet(hangAfterBilling());
    var id = gateway.submit("A magpie");
    await().atMost(ofSeconds(20)).until(() -> nebius.bill().billedFor("A magpie") == 1);

    var asked = worker.getBean(OutcomeStore.class).cancelIfOpen(id, Visibility.ALL, null);
    assertThat(asked).isInstanceOf(OutcomeStore.Cancellation.Requested.class);
    awaitStatus(id, JobStatus.FAILED);

    var job = gateway.job(id);
    assertThat(Objects.requireNonNull(job.error()).code()).isEqualTo("cancelled");
    assertThat(job.billing()).isEqualTo(new Billing(Billing.BillingState.UNKNOWN, 1));
    assertThat(gateway.steps(id))
        .containsExactly(
            "request_received", "calling_nebius_api", "attempt_outcome_unknown", "cancelled");
  }

  @Test
  void while_all_are_paused_a_worker_takes_no_jobs_and_afterwards_it_does() {
    var pauses = worker.getBean(PauseStore.class);
    pauses.pause(PauseScope.ALL, "", "A test.");
    try {
      await().atMost(ofSeconds(20)).until(() -> isPausedBy("operator"));
      var id = gateway.submit("A jackdaw");
      pauses.resume(PauseScope.ALL, "");

      awaitStatus(id, JobStatus.COMPLETED);
    } finally {
      pauses.resume(PauseScope.ALL, "");
    }
  }

  private static boolean isPausedBy(String reason) {
    return worker.getBean(WorkerStore.class).live().stream()
        .map(WorkerStore.LiveWorker::pauseReason)
        .anyMatch(reason::equals);
  }

  private static long rooksCalled() {
    return nebius.bill().calls().stream().filter(call -> call.prompt().startsWith("Rook")).count();
  }

  @Test
  void the_health_page_says_how_the_way_to_nebius_is_and_whether_jobs_are_taken() throws Exception {
    var port = worker.getEnvironment().getProperty("local.server.port");
    var health = URI.create("http://127.0.0.1:" + port + "/actuator/health").toURL().openStream();
    try (health) {
      assertThat(new String(health.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .contains("nebius")
          .contains("closed: calls are made")
          .contains("\"intake\"")
          .contains("\"mode\":\"share\"")
          .contains("takes jobs");
    }
  }

  private static StoredPicture copyOfPicture(RequestId from, RequestId to) throws IOException {
    var store = worker.getBean(PictureStore.class);
    var picture = store.find(from).orElseThrow();
    try (var there = store.open(picture, ByteRange.all(picture)).orElseThrow();
        var upload = store.upload(to)) {
      there.transferTo(upload.body());
      return ((CommitResult.Stored) upload.commit()).picture();
    }
  }

  private static java.awt.image.BufferedImage pictureOf(RequestId id) throws IOException {
    var store = worker.getBean(PictureStore.class);
    var picture = store.find(id).orElseThrow();
    try (var body = store.open(picture, ByteRange.all(picture)).orElseThrow()) {
      return ImageIO.read(body);
    }
  }

  private static void awaitStatus(RequestId id, JobStatus status) {
    awaitEnd(id);
    assertThat(gateway.job(id).status()).isEqualTo(status);
  }

  private static void awaitEnd(RequestId id) {
    await()
        .atMost(ofSeconds(30))
        .until(() -> {
          gateway.publishDue();
          return gateway.job(id).status().isTerminal();
        });
  }
}
