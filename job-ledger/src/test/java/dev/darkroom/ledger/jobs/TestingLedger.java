package dev.darkroom.ledger.jobs;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.ledger.jobs.Acceptance.Accepted;
import dev.darkroom.ledger.jobs.RescheduleJobs.Rescheduled;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.IndexPrompts;
import dev.darkroom.ledger.log.ReadSteps;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
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
  public final AcceptJobs acceptJobs;
  public final ForgetKeys forgetKeys;
  public final ForgetPictures forgetPictures;
  public final ClaimJobs claimJobs;
  public final FinishJobs finishJobs;
  public final RescheduleJobs rescheduleJobs;
  public final RescueJobs rescueJobs;
  public final JobOutbox jobOutbox;
  public final JobTurns jobTurns;
  public final EventOutbox eventOutbox;
  public final LostEvents lostEvents;
  public final OversizedJobs oversizedJobs;
  public final GenerationLogs generationLogs;
  public final IndexPrompts indexPrompts;
  public final JobStatistics jobStatistics;
  public final JobQueue jobQueue;
  public final RecentAttempts recentAttempts;
  public final FindJobs findJobs;
  public final ReadSteps readSteps;

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
    var settings = new LedgerSettings(RESERVATION, REPUBLISH_AFTER);
    var beans = new LedgerConfiguration();
    var readers = ReadPools.none(asApplication);
    var jobMeters = new JobMeters(meters);
    var keys = new IdempotencySettings(KEEP_KEYS);
    acceptJobs = beans.acceptJobs(asApplication, mapper, settings, keys);
    forgetKeys = beans.forgetKeys(asApplication, keys);
    forgetPictures = beans.forgetPictures(asApplication);
    claimJobs = beans.claimJobs(asApplication, mapper, jobMeters);
    finishJobs = beans.finishJobs(asApplication, mapper, settings, jobMeters);
    rescheduleJobs =
        beans.rescheduleJobs(
            asApplication,
            new AttemptSettings(maxAttempts),
            new UnknownOutcomeSettings(policy),
            settings,
            jobMeters);
    rescueJobs = beans.rescueJobs(asApplication, rescheduleJobs, settings, jobMeters);
    jobOutbox = beans.jobOutbox(asApplication, mapper, settings);
    jobTurns = beans.jobTurns(asApplication, mapper, settings);
    eventOutbox = beans.eventOutbox(asApplication, settings);
    lostEvents = beans.lostEvents(asApplication);
    oversizedJobs = beans.oversizedJobs(asApplication, settings, jobMeters);
    generationLogs = beans.generationLogs(readers, mapper);
    indexPrompts = beans.indexPrompts(asApplication);
    jobStatistics = beans.jobStatistics(readers);
    jobQueue = beans.jobQueue(readers);
    recentAttempts = beans.recentAttempts(readers);
    findJobs = beans.findJobs(asApplication, readers, mapper);
    readSteps = beans.readSteps(asApplication, readers, mapper);
  }

  /** A claim that is made once. */
  public List<ClaimedJob> claim(String worker, Duration lease, List<Intent> intents) {
    return claimJobs.claimDue(worker, lease, UUID.randomUUID(), intents);
  }

  /** What a gateway does with the jobs of silent workers; those that were rescued. */
  public List<Rescheduled> rescue(int limit) {
    return rescueJobs.findLapsed(limit).stream()
        .map(rescueJobs::rescueIfLapsed)
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
    OWNER_OF_SHARED.sql("delete from public.generation_jobs").update();
    OWNER_OF_SHARED.sql("delete from public.generation_logs").update();
    OWNER_OF_SHARED.sql("delete from public.generation_prompts").update();
    OWNER_OF_SHARED.sql("delete from public.generation_idempotency_keys").update();
    return new TestingLedger(
        SHARED, OWNER_OF_SHARED, POOL_OF_SHARED, MAX_ATTEMPTS, UnknownOutcomePolicy.RETRY);
  }

  /** Accepts jobs that are all new. */
  public List<DueJob> accept(List<NewJob> jobs) {
    return acceptJobs.accept(jobs).stream().map(Accepted.class::cast).map(Accepted::job).toList();
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
