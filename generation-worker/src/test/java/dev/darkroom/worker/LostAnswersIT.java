package dev.darkroom.worker;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.Job.AttemptMade.AttemptResult;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The way from a worker to PostgreSQL is broken while it claims jobs. A second bill is ruled out
 * here, so a job whose lease lapses would fail: none may, since no call was made for it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LostAnswersIT {
  private static final int JOBS = 24;

  @TempDir static Path pictures;
  private static TestDatabase database;
  private static NebiusSimulator nebius;
  private static ConfigurableApplicationContext direct;
  private static TestingGateway gateway;

  /** What goes wrong while jobs are claimed. */
  enum Break {
    LATE_ANSWERS,
    LOST_ANSWERS,
    LATE_QUESTIONS,
    LOST_QUESTIONS;

    void begin(TestingWire wire) {
      switch (this) {
        case LATE_ANSWERS, LOST_ANSWERS -> wire.holdAnswers();
        case LATE_QUESTIONS, LOST_QUESTIONS -> wire.holdQuestions();
      }
    }

    void end(TestingWire wire) {
      switch (this) {
        case LOST_ANSWERS, LOST_QUESTIONS -> wire.lose();
        case LATE_ANSWERS, LATE_QUESTIONS -> {
          // what was held back arrives
        }
      }
      wire.heal();
    }
  }

  @BeforeAll
  static void start() throws IOException {
    database = TestServers.freshDatabase();
    direct = TestingContext.open(database, "--darkroom.nebius.on-unknown-outcome=fail");
    gateway = new TestingGateway(direct);
    nebius = NebiusSimulator.start(SimulatorSettings.defaults());
  }

  @AfterAll
  static void stop() throws IOException {
    direct.close();
    nebius.close();
  }

  @ParameterizedTest
  @EnumSource
  void what_a_claim_got_without_the_workers_knowledge_is_begun_or_given_back_uncounted(Break how)
      throws IOException {
    try (var wire = new TestingWire(database.jdbcUrl());
        var worker = startWorker(wire)) {
      awaitCompleted(List.of(gateway.submit("First " + how)));
      var before = nebius.bill().total();
      var givenBefore = givenBack(worker);

      how.begin(wire);
      var jobs = submit(JOBS, how.name());
      await().atMost(ofSeconds(30)).until(() -> givenBack(worker) > givenBefore);
      how.end(wire);
      var mended = System.nanoTime();
      awaitCompleted(jobs);

      assertThat(System.nanoTime() - mended)
          .as("nothing waits for a lease to lapse")
          .isLessThan(ofSeconds(25).toNanos());
      assertThat(nebius.bill().total() - before).as("calls").isEqualTo(JOBS);
      assertThat(jobs).allSatisfy(LostAnswersIT::hasOneCallAndNothingCounted);
      await().atMost(ofSeconds(15)).untilAsserted(() -> assertThat(held()).isZero());
    }
  }

  private static void hasOneCallAndNothingCounted(RequestId job) {
    var outcomes =
        gateway.job(job).attempts().stream()
            .map(AttemptMade::end)
            .map(end -> Objects.requireNonNull(end).outcome())
            .toList();
    assertThat(outcomes).isSubsetOf(AttemptResult.SUCCEEDED, AttemptResult.NOT_MADE);
    assertThat(outcomes).filteredOn(AttemptResult.SUCCEEDED::equals).hasSize(1);
    assertThat(gateway.job(job).steps())
        .noneMatch(
            step -> step.details() != null && Boolean.TRUE.equals(step.details().get("counts")));
  }

  private static List<RequestId> submit(int jobs, String name) {
    return IntStream.range(0, jobs).mapToObj(i -> gateway.submit("Wren " + name + i)).toList();
  }

  private static double givenBack(ConfigurableApplicationContext worker) {
    return worker
        .getBean(MeterRegistry.class)
        .get("darkroom.intake.records")
        .tag("outcome", "given_back")
        .counter()
        .count();
  }

  private static int held() {
    return direct
        .getBean(JdbcClient.class)
        .sql("select count(*) from public.generation_queue where state = 'claimed'")
        .query(Integer.class)
        .single();
  }

  /** With all that the gateways' sweeps do meanwhile. */
  private static void awaitCompleted(List<RequestId> jobs) {
    var jobQueries = direct.getBean(JobQueries.class);
    var jobStore = direct.getBean(JobStore.class);
    await()
        .atMost(ofSeconds(60))
        .pollInterval(java.time.Duration.ofMillis(100))
        .untilAsserted(() -> {
          gateway.publishDue();
          jobQueries.findLapsed(100).forEach(jobStore::rescueIfLapsed);
          assertThat(gateway.countOpen(jobs)).isZero();
        });
    assertThat(jobs).allMatch(job -> gateway.job(job).status() == JobStatus.COMPLETED);
  }

  private static ConfigurableApplicationContext startWorker(TestingWire wire) {
    var settings =
        Stream.of(
            "DATABASE_URL=" + wire.jdbcUrl(),
            "spring.datasource.username=" + database.username(),
            "spring.datasource.password=" + database.password(),
            "spring.datasource.hikari.data-source-properties.socketTimeout=2",
            "spring.datasource.hikari.connection-timeout=1000",
            "spring.datasource.hikari.validation-timeout=500",
            "KAFKA_BOOTSTRAP_SERVERS=" + TestServers.kafka(),
            "NEBIUS_API_ENDPOINT=" + nebius.baseUri(),
            "NEBIUS_API_KEY=a-key",
            "darkroom.picture.dir=" + pictures,
            "darkroom.intake.hold=4s",
            "darkroom.worker.drain=0",
            "darkroom.nebius.on-unknown-outcome=fail");
    return WorkerApplication.application().run(settings.map("--"::concat).toArray(String[]::new));
  }
}
