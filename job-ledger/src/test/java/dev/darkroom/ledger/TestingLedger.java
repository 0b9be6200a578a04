package dev.darkroom.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ledger on a real PostgreSQL, spoken to as it should be in production: migrated by its owner,
 * used by a login that is a member of {@code darkroom_app} and nothing else.
 */
final class TestingLedger {
  static final Duration RESERVATION = Duration.ofSeconds(5);
  static final Duration REPUBLISH_AFTER = Duration.ofMinutes(1);

  /** One database for all tests of this JVM; each empties it before it starts. */
  private static final TestingDatabase SHARED = TestingDatabase.migrated();

  private static final JdbcClient OWNER_OF_SHARED = JdbcClient.create(pool(SHARED.asOwner(), 2));
  private static final DataSource POOL_OF_SHARED = pool(SHARED, 20);

  final TestingDatabase database;
  final JdbcClient asOwner;
  final JdbcClient asApplication;
  final AcceptJobs acceptJobs;
  final ClaimJobs claimJobs;
  final FinishJobs finishJobs;
  final RescheduleJobs rescheduleJobs;
  final RescueJobs rescueJobs;
  final JobOutbox jobOutbox;
  final EventOutbox eventOutbox;
  final GenerationLogs generationLogs;
  final FindJobs findJobs;

  /** The same ledger through another pool or a source that watches. */
  TestingLedger(TestingDatabase database, DataSource source) {
    this(database, source, JdbcClient.create(pool(database.asOwner(), 2)));
  }

  private TestingLedger(TestingDatabase database, DataSource source, JdbcClient asOwner) {
    this.database = database;
    this.asOwner = asOwner;
    asApplication = JdbcClient.create(source);
    var mapper = JsonMapper.builder().build();
    var settings = new LedgerSettings(RESERVATION, REPUBLISH_AFTER, Duration.ofHours(1));
    var beans = new LedgerConfiguration();
    acceptJobs = beans.acceptJobs(asApplication, mapper, settings);
    claimJobs = beans.claimJobs(asApplication, mapper);
    finishJobs = beans.finishJobs(asApplication, mapper, settings);
    rescheduleJobs = beans.rescheduleJobs(asApplication, settings);
    rescueJobs = beans.rescueJobs(asApplication, rescheduleJobs, settings);
    jobOutbox = beans.jobOutbox(asApplication, mapper, settings);
    eventOutbox = beans.eventOutbox(asApplication, settings);
    generationLogs = beans.generationLogs(asApplication, mapper, settings);
    findJobs = beans.findJobs(asApplication, generationLogs, mapper);
  }

  /** Remembers nothing of the rows that others deleted. */
  static TestingLedger empty() {
    OWNER_OF_SHARED.sql("delete from public.generation_jobs").update();
    OWNER_OF_SHARED.sql("delete from public.generation_logs").update();
    return new TestingLedger(SHARED, POOL_OF_SHARED, OWNER_OF_SHARED);
  }

  static HikariDataSource pool(TestingDatabase database, int connections) {
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
