package dev.darkroom.ledger.jobs;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.history.HistoryQueries;
import dev.darkroom.ledger.history.LedgerEpoch;
import dev.darkroom.ledger.jobs.AttemptPolicy.UnknownOutcomePolicy;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.RetryableFailure.Rescheduled;
import dev.darkroom.ledger.listing.JobListQueries;
import dev.darkroom.ledger.log.LogQueries;
import dev.darkroom.ledger.log.StepQueries;
import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.ledger.queue.QueueEdges;
import dev.darkroom.ledger.queue.QueueLoad;
import dev.darkroom.ledger.queue.QueuePositions;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import dev.darkroom.ledger.statistics.UsageQueries;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ledger on a real PostgreSQL, spoken to as it should be in production: migrated by its owner,
 * used by a login that is a member of {@code darkroom_app} and nothing else.
 */
public final class TestingLedger {
  public static final Duration RESERVATION = Duration.ofSeconds(5);
  public static final Duration REPUBLISH_AFTER = Duration.ofMinutes(1);
  public static final int MAX_ATTEMPTS = 3;
  public static final Duration KEEP_KEYS = Duration.ofHours(24);

  /** One database for all tests of this JVM; each empties it before it starts. */
  private static final TestingDatabase SHARED = TestingDatabase.migrated();

  private static final JdbcClient OWNER_OF_SHARED = JdbcClient.create(pool(SHARED.asOwner(), 2));
  private static final DataSource POOL_OF_SHARED = pool(SHARED, 20);

  public final TestingDatabase database;
  private final DataSource source;
  public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  public final JdbcClient asOwner;
  public final JdbcClient asApplication;
  public final JobStore jobStore;
  public final GroupStore groupStore;
  public final OutcomeStore outcomeStore;
  public final WorkerStore workerStore;
  public final PauseStore pauseStore;
  public final LostJobStore lostJobStore;
  public final RetentionStore retentionStore;
  public final AnsweredKeyStore answeredKeyStore;
  public final JobQueries jobQueries;
  public final FairQueue fairQueue;
  public final QueuePositions queuePositions;
  public final QueueLoad queueLoad;
  public final JobOutbox jobOutbox;
  public final EventOutbox eventOutbox;
  public final LogQueries logQueries;
  public final JobStatistics jobStatistics;
  public final RecentAttempts recentAttempts;
  public final StepQueries stepQueries;
  public final JobListQueries jobListQueries;
  public final UsageQueries usageQueries;
  public final LedgerEpoch ledgerEpoch;
  public final HistoryQueries historyQueries;

  /** The same ledger through another pool or a source that watches. */
  public TestingLedger(TestingDatabase database, DataSource source) {
    this(
        database,
        JdbcClient.create(pool(database.asOwner(), 2)),
        source,
        MAX_ATTEMPTS,
        UnknownOutcomePolicy.RETRY);
  }

  private TestingLedger(
      TestingDatabase database,
      JdbcClient asOwner,
      DataSource source,
      int maxAttempts,
      UnknownOutcomePolicy policy) {
    this.database = database;
    this.source = source;
    this.asOwner = asOwner;
    asApplication = JdbcClient.create(source);
    var mapper = JsonMapper.builder().build();
    var json = new LedgerJson(mapper);
    var readers = ReadPools.none(asApplication);
    var metrics = new JobMetrics(meters);
    jobStore =
        new JobStore(
            asApplication,
            json,
            new AttemptPolicy(maxAttempts, policy),
            RESERVATION,
            KEEP_KEYS,
            metrics);
    groupStore =
        new GroupStore(
            asApplication,
            new TransactionTemplate(new JdbcTransactionManager(source)),
            jobStore,
            json,
            RESERVATION);
    outcomeStore = new OutcomeStore(asApplication, json, RESERVATION, metrics);
    workerStore = new WorkerStore(asApplication);
    pauseStore = new PauseStore(asApplication);
    lostJobStore = new LostJobStore(asApplication, json);
    retentionStore = new RetentionStore(asApplication, KEEP_KEYS);
    answeredKeyStore = new AnsweredKeyStore(asApplication);
    jobQueries = new JobQueries(asApplication, asApplication, json);
    var edges = new QueueEdges(asApplication, Duration.ZERO);
    fairQueue = new FairQueue(asApplication, json, edges, RESERVATION);
    queuePositions = new QueuePositions(asApplication, edges);
    queueLoad = new QueueLoad(asApplication, edges);
    jobOutbox = new JobOutbox(asApplication, json, edges, RESERVATION, REPUBLISH_AFTER);
    eventOutbox = new EventOutbox(asApplication, edges, RESERVATION);
    logQueries = new LogQueries(readers.searches(), json);
    jobStatistics = new JobStatistics(readers.searches());
    recentAttempts = new RecentAttempts(readers.searches());
    stepQueries = new StepQueries(asApplication, readers, json);
    jobListQueries = new JobListQueries(readers.searches());
    usageQueries = new UsageQueries(readers.searches());
    ledgerEpoch = new LedgerEpoch(readers.searches());
    historyQueries = new HistoryQueries(readers.searches(), ledgerEpoch);
  }

  /** An outbox that remembers for so long where live entries begin; the others always look. */
  JobOutbox outbox(Duration lookEvery) {
    return new JobOutbox(
        asApplication,
        new LedgerJson(JsonMapper.builder().build()),
        new QueueEdges(asApplication, lookEvery),
        RESERVATION,
        REPUBLISH_AFTER);
  }

  /**
   * A fair queue that remembers where its line begins.
   *
   * @param nanoTime by which it is time to look again
   */
  FairQueue fairQueue(Duration lookEvery, LongSupplier nanoTime) {
    return new FairQueue(
        asApplication,
        new LedgerJson(JsonMapper.builder().build()),
        new QueueEdges(asApplication, lookEvery, nanoTime),
        RESERVATION);
  }

  /** Ends overdue jobs that can't have a picture, and all others, too. */
  public List<FinishedJob> endOverdue(int limit) {
    return outcomeStore.endOverdue(limit, List.of(), Duration.ZERO);
  }

  /** A claim that is made once. */
  public List<ClaimedJob> claim(String worker, Duration lease, List<RequestId> jobs) {
    return jobStore.claimDue(worker, lease, UUID.randomUUID(), jobs);
  }

  /** What a gateway does with the jobs of silent workers; those that were rescued. */
  public List<Rescheduled> rescue(int limit) {
    return jobQueries.findLapsed(limit).stream()
        .map(jobStore::rescueIfLapsed)
        .filter(rescheduled -> !(rescheduled instanceof Rescheduled.NotHeld))
        .toList();
  }

  /** The same rows under another policy. */
  public TestingLedger withPolicy(int maxAttempts, UnknownOutcomePolicy policy) {
    return new TestingLedger(database, asOwner, source, maxAttempts, policy);
  }

  /** Remembers nothing of the rows that others deleted. */
  public static TestingLedger empty() {
    OWNER_OF_SHARED.sql("delete from public.generation_topics").update();
    OWNER_OF_SHARED.sql("delete from public.generation_workers").update();
    OWNER_OF_SHARED.sql("delete from public.generation_pauses").update();
    OWNER_OF_SHARED.sql("delete from public.generation_queue").update();
    OWNER_OF_SHARED.sql("delete from public.generation_groups").update();
    OWNER_OF_SHARED.sql("delete from public.generation_jobs").update();
    OWNER_OF_SHARED.sql("delete from public.generation_logs").update();
    OWNER_OF_SHARED.sql("delete from public.generation_idempotency_keys").update();
    OWNER_OF_SHARED.sql("delete from public.generation_daily_jobs").update();
    return new TestingLedger(
        SHARED, OWNER_OF_SHARED, POOL_OF_SHARED, MAX_ATTEMPTS, UnknownOutcomePolicy.RETRY);
  }

  /** Accepts jobs that are all new. */
  public List<DueJob> accept(List<NewJob> jobs) {
    return jobStore.accept(jobs).stream().map(Accepted.class::cast).map(Accepted::job).toList();
  }

  public static HikariDataSource pool(TestingDatabase database, int connections) {
    return pool(database.asApplication(), connections);
  }

  private static HikariDataSource pool(DataSource source, int connections) {
    var pool = new HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(connections);
    pool.setConnectionTimeout(5_000);
    return pool;
  }
}
