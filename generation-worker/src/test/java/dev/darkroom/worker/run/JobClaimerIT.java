package dev.darkroom.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimPlan;
import dev.darkroom.ledger.jobs.ClaimedJob;
import dev.darkroom.ledger.jobs.Job.AttemptMade;
import dev.darkroom.ledger.jobs.Job.AttemptMade.AttemptResult;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.LostJobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import dev.darkroom.worker.TestingContext;
import dev.darkroom.worker.TestingWire;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobClaimerIT {
  /** How long an answer is waited for, in seconds. */
  private static final String SOON_BROKEN =
      "--spring.datasource.hikari.data-source-properties.socketTimeout=2";

  private static final GenerationRequest TEAL =
      new GenerationRequest("A teal", null, 0.7, 0.5, null, 64, 64, 7, null, null);

  private static TestDatabase database;
  private static ConfigurableApplicationContext context;

  private final TestingRunner runner = new TestingRunner();

  @BeforeAll
  static void start() {
    database = TestServers.freshDatabase();
    context = TestingContext.open(database);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  @Test
  void a_job_without_a_thread_and_all_that_follow_it_go_back_uncounted() {
    var claims = claims();
    runner.threads = 3;
    var jobs = Stream.generate(this::accept).limit(8).toList();

    claims.claim(records(jobs));

    assertThat(runner.begun).hasSize(3);
    assertThat(runner.lacksThreads).isTrue();
    var outcomes =
        jobs.stream()
            .filter(job -> runner.begun.stream().noneMatch(begun -> begun.requestId().equals(job)))
            .map(JobClaimerIT::attempts);
    assertThat(outcomes)
        .hasSize(5)
        .allSatisfy(attempts ->
            assertThat(attempts)
                .extracting(made -> Objects.requireNonNull(made.end()).outcome())
                .containsExactly(AttemptResult.NOT_MADE));
    assertThat(jobs.stream().flatMap(JobClaimerIT::details))
        .noneMatch(details -> Boolean.TRUE.equals(details.get("counts")));

    runner.threads = 8;
    claims.claim(records(jobs)); // they are due again, at once
    assertThat(runner.begun)
        .extracting(Attempt::requestId)
        .containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Test
  void a_job_that_the_ledger_has_lost_is_put_back_from_its_record() {
    var lost =
        new RequestId(
            new UUID(
                (Instant.now().toEpochMilli() << 16) | 0x7000,
                UUID.randomUUID().getLeastSignificantBits()));
    var claims = claims();

    claims.claim(records(List.of(lost)));

    assertThat(runner.begun).as("it gets its turn like any other").isEmpty();
    claims.claim(records(List.of(lost)));
    assertThat(runner.begun).extracting(Attempt::requestId).containsExactly(lost);
  }

  @Test
  void a_job_that_no_provider_takes_now_is_due_a_little_later_without_an_attempt() {
    var claims = claims();
    var served = accept();
    var unserved = accept();
    runner.unserved.add(unserved);

    claims.claim(records(List.of(served, unserved)));

    assertThat(runner.begun).extracting(Attempt::requestId).containsExactly(served);
    assertThat(attempts(unserved)).isEmpty();
    var wait =
        context
            .getBean(JdbcClient.class)
            .sql(
                """
                select extract(epoch from due_at - now()) from public.generation_queue
                where request_id = :id and state = 'due' and publish_after >= due_at
                """)
            .param("id", unserved.value())
            .query(Double.class)
            .single();
    assertThat(wait).isBetween(0.0, 5.0);
    runner.unserved.clear();
    claims.claim(records(List.of(unserved)));
    assertThat(runner.begun).as("it is not due yet").hasSize(1);
  }

  @Test
  void a_claim_that_is_answered_after_the_stop_goes_back() throws InterruptedException {
    var claims = claims();
    claims.stop(Duration.ofSeconds(1));
    var job = accept();

    claims.claim(records(List.of(job)));

    assertThat(runner.begun).isEmpty();
    assertThat(attempts(job))
        .extracting(made -> Objects.requireNonNull(made.end()).outcome())
        .containsExactly(AttemptResult.NOT_MADE);
  }

  @Test
  void what_a_claim_brought_whose_answer_was_lost_goes_back_uncounted() throws IOException {
    var jobs = Stream.generate(this::accept).limit(5).toList();
    try (var wire = new TestingWire(database.jdbcUrl());
        var behind = TestingContext.open(through(wire), SOON_BROKEN)) {
      var claims = claims(behind);
      loseTheAnswerToAClaim(claims, jobs, wire, behind.getBean(JdbcClient.class));
      claims.settle();

      assertThat(runner.begun).isEmpty();
      assertThat(jobs.stream().flatMap(job -> attempts(job).stream()).map(AttemptMade::end))
          .hasSize(5)
          .allSatisfy(end ->
              assertThat(Objects.requireNonNull(end).outcome()).isEqualTo(AttemptResult.NOT_MADE));
      claims.claim(records(jobs));
      assertThat(runner.begun).as("they are due again, at once").hasSize(5);
      claims.settle();
      assertThat(jobs).as("nothing is given back twice").allMatch(job -> attempts(job).size() == 2);
    }
  }

  @Test
  void a_job_that_is_to_go_back_is_not_begun_when_its_claim_is_repeated() throws Exception {
    var job = accept();
    try (var wire = new TestingWire(database.jdbcUrl());
        var behind = TestingContext.open(through(wire), SOON_BROKEN)) {
      var claims = claims(behind);
      loseTheAnswerToAClaim(claims, List.of(job), wire, behind.getBean(JdbcClient.class));
      failToSettle(claims, job);

      claims.claim(records(List.of(job)));

      assertThat(runner.begun).isEmpty();
      assertThat(attempts(job))
          .extracting(made -> Objects.requireNonNull(made.end()).outcome())
          .containsExactly(AttemptResult.NOT_MADE);
      claims.claim(records(List.of(job)));
      assertThat(runner.begun).extracting(Attempt::number).containsExactly(2);
    }
  }

  /** The lease is renewed, and then the connection breaks on which the job goes back. */
  private static void failToSettle(JobClaimer claims, RequestId job) throws Exception {
    var ledger = context.getBean(JdbcClient.class);
    try (var locking = context.getBean(DataSource.class).getConnection();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      locking.setAutoCommit(false);
      try (var lock =
          locking.prepareStatement(
              "select from public.generation_queue where request_id = ? for update")) {
        lock.setObject(1, job.value());
        lock.execute();
      }
      var settling = threads.submit(claims::settle);
      await()
          .until(() ->
              ledger
                  .sql(
                      """
                      select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = current_database() and wait_event_type = 'Lock'
                      """)
                  .query(Boolean.class)
                  .optional()
                  .isPresent());
      settling.get();
      locking.rollback();
    }
  }

  /**
   * Until the ledger has carried the claim out. On a busy machine the pool tests a connection that
   * was idle for half a second; the test gets no answer either, and the claim is never sent.
   */
  private static void loseTheAnswerToAClaim(
      JobClaimer claims, List<RequestId> jobs, TestingWire wire, JdbcClient behind) {
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptionsInstanceOf(DataAccessException.class)
        .until(() -> {
          var _ = behind.sql("select 1").query(Integer.class).single(); // opens a connection
          wire.holdAnswers();
          assertThatThrownBy(() -> claims.claim(records(jobs)))
              .isInstanceOf(DataAccessException.class);
          wire.heal();
          return jobs.stream().noneMatch(job -> attempts(job).isEmpty());
        });
  }

  private static TestDatabase through(TestingWire wire) {
    return new TestDatabase(wire.jdbcUrl(), database.username(), database.password());
  }

  private JobClaimer claims() {
    return claims(context);
  }

  private JobClaimer claims(ConfigurableApplicationContext context) {
    return new JobClaimer(
        new WorkerSettings("", 16, Duration.ofSeconds(30), null),
        context.getBean(JobStore.class),
        context.getBean(WorkerStore.class),
        context.getBean(LostJobStore.class),
        runner,
        "");
  }

  private static List<JobMessage> records(List<RequestId> jobs) {
    return jobs.stream().map(JobClaimerIT::record).toList();
  }

  private static JobMessage record(RequestId job) {
    return new JobMessage(
        job, "me", TEAL, Map.of("parameters", Map.of()), Instant.now().plusSeconds(300), "");
  }

  private RequestId accept() {
    var id = new RequestId(UUID.randomUUID());
    var trace = TraceParent.begin(new Random(1));
    context
        .getBean(JobStore.class)
        .accept(
            List.of(
                new NewJob(
                    id, "me", TEAL, Map.of("parameters", Map.of()), Duration.ofMinutes(5), trace)));
    return id;
  }

  private static List<AttemptMade> attempts(RequestId job) {
    return context.getBean(JobQueries.class).find(job, Visibility.ALL).orElseThrow().attempts();
  }

  private static Stream<Map<String, ?>> details(RequestId job) {
    return context
        .getBean(JobQueries.class)
        .find(job, Visibility.ALL)
        .orElseThrow()
        .steps()
        .stream()
        .map(step -> Objects.requireNonNullElse(step.details(), Map.of()));
  }

  /** Has a number of threads, and its jobs never end. */
  private static final class TestingRunner implements JobClaimer.AttemptRunner {
    private final List<Attempt> begun = new ArrayList<>();
    private final Set<RequestId> unserved = new HashSet<>();
    private int threads = Integer.MAX_VALUE;
    private boolean lacksThreads;

    @Override
    public void begin(ClaimedJob job) {
      if (begun.size() >= threads) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      begun.add(job.attempt());
    }

    @Override
    public ClaimPlan plan(List<JobMessage> jobs) {
      var providers = new LinkedHashMap<RequestId, String>();
      jobs.stream()
          .map(JobMessage::requestId)
          .filter(job -> !unserved.contains(job))
          .forEach(job -> providers.put(job, "nebius"));
      return new ClaimPlan(providers, Map.of());
    }

    @Override
    public void usePermits(List<ClaimedJob> jobs) {}

    @Override
    public Set<Attempt> begun() {
      return new HashSet<>(begun);
    }

    @Override
    public void threadsExhausted() {
      lacksThreads = true;
    }
  }
}
