package dev.darkroom.ledger;

import dev.darkroom.ledger.LedgerSettings.AttemptSettings;
import dev.darkroom.ledger.LedgerSettings.IdempotencySettings;
import dev.darkroom.ledger.LedgerSettings.UnknownOutcomeSettings;
import dev.darkroom.ledger.access.AccessKeyConfiguration;
import dev.darkroom.ledger.connection.DatabaseLoginCheck;
import dev.darkroom.ledger.connection.LedgerHealth;
import dev.darkroom.ledger.connection.ReadOnlyFailoverTranslator;
import dev.darkroom.ledger.groups.GroupStore;
import dev.darkroom.ledger.history.HistoryQueries;
import dev.darkroom.ledger.history.LedgerEpoch;
import dev.darkroom.ledger.jobs.AnsweredKeyStore;
import dev.darkroom.ledger.jobs.AttemptPolicy;
import dev.darkroom.ledger.jobs.JobMetrics;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.LostJobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.ledger.jobs.WorkerStore;
import dev.darkroom.ledger.keep.KeepStoreConfiguration;
import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.listing.JobListQueries;
import dev.darkroom.ledger.log.LogQueries;
import dev.darkroom.ledger.log.StepQueries;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.loop.LoopConfiguration;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.ledger.operate.OperationStore;
import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.ledger.queue.FairQueue;
import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.ledger.queue.QueueEdges;
import dev.darkroom.ledger.queue.QueueLoad;
import dev.darkroom.ledger.queue.QueuePositions;
import dev.darkroom.ledger.readers.ReadPoolConfiguration;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import dev.darkroom.ledger.statistics.UsageQueries;
import dev.darkroom.ledger.webhooks.WebhookStoreConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's transitions and questions as beans, for applications that import it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  LedgerSettings.class,
  IdempotencySettings.class,
  AttemptSettings.class,
  UnknownOutcomeSettings.class
})
@Import({
  ReadPoolConfiguration.class,
  LoopConfiguration.class,
  WebhookStoreConfiguration.class,
  AccessKeyConfiguration.class,
  KeepStoreConfiguration.class
})
public class LedgerConfiguration {
  private static final Duration LOOK_FOR_EDGES_EVERY = Duration.ofSeconds(30);

  /** Before the pool and the migrations, which would repeat a refused login for a minute. */
  @Bean
  static BeanFactoryPostProcessor checkDatabaseLogin(ConfigurableEnvironment environment) {
    return _ -> DatabaseLoginCheck.check(environment);
  }

  @Bean
  ReadOnlyFailoverTranslator readOnlyFailoverTranslator() {
    return new ReadOnlyFailoverTranslator();
  }

  @Bean
  LedgerJson ledgerJson(JsonMapper mapper) {
    return new LedgerJson(mapper);
  }

  @Bean
  JobMetrics jobMetrics(ObjectProvider<MeterRegistry> meters) {
    return new JobMetrics(meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  /** Named by what it speaks of, as health shows it. */
  @Bean
  LedgerHealth ledger(
      JdbcClient database,
      ReadOnlyFailoverTranslator writes,
      DataSource pool,
      ReadPools readers,
      ObjectProvider<MeterRegistry> meters) {
    var pools = Stream.concat(Stream.of(pool), readers.sources());
    var health = new LedgerHealth(database, writes, pools);
    meters.ifAvailable(to -> DependencyTrouble.register(to, "database", health::isInTrouble));
    return health;
  }

  @Bean
  BackgroundLoop watchDatabase(LedgerHealth ledger) {
    return new BackgroundLoop("watch-database", Duration.ofSeconds(5), ledger::watch);
  }

  @Bean
  JobStore jobStore(
      JdbcClient database,
      LedgerJson json,
      LedgerSettings settings,
      IdempotencySettings keys,
      AttemptSettings attempts,
      UnknownOutcomeSettings unknownOutcome,
      JobMetrics metrics) {
    return new JobStore(
        database,
        json,
        new AttemptPolicy(attempts.maxAttempts(), unknownOutcome.onUnknownOutcome()),
        settings.publishReservation(),
        keys.keep(),
        metrics);
  }

  @Bean
  GroupStore groupStore(
      JdbcClient database,
      DataSource pool,
      JobStore jobs,
      LedgerJson json,
      LedgerSettings settings) {
    return new GroupStore(
        database,
        new TransactionTemplate(new JdbcTransactionManager(pool)),
        jobs,
        json,
        settings.publishReservation());
  }

  @Bean
  WorkerStore workerStore(JdbcClient database) {
    return new WorkerStore(database);
  }

  @Bean
  PauseStore pauseStore(JdbcClient database) {
    return new PauseStore(database);
  }

  @Bean
  OperationStore operationStore(JdbcClient database, ReadPools readers, LedgerJson json) {
    return new OperationStore(database, readers.searches(), json);
  }

  @Bean
  LostJobStore lostJobStore(JdbcClient database, LedgerJson json) {
    return new LostJobStore(database, json);
  }

  @Bean
  OutcomeStore outcomeStore(
      JdbcClient database, LedgerJson json, LedgerSettings settings, JobMetrics metrics) {
    return new OutcomeStore(database, json, settings.publishReservation(), metrics);
  }

  @Bean
  RetentionStore retentionStore(JdbcClient database, IdempotencySettings keys) {
    return new RetentionStore(database, keys.keep());
  }

  @Bean
  AnsweredKeyStore answeredKeyStore(JdbcClient database) {
    return new AnsweredKeyStore(database);
  }

  @Bean
  JobQueries jobQueries(JdbcClient database, ReadPools readers, LedgerJson json) {
    return new JobQueries(database, readers.lookups(), json);
  }

  @Bean
  QueueEdges queueEdges(JdbcClient database) {
    return new QueueEdges(database, LOOK_FOR_EDGES_EVERY);
  }

  @Bean
  FairQueue fairQueue(
      JdbcClient database, LedgerJson json, QueueEdges edges, LedgerSettings settings) {
    return new FairQueue(database, json, edges, settings.publishReservation());
  }

  @Bean
  QueuePositions queuePositions(ReadPools readers, QueueEdges edges) {
    return new QueuePositions(readers.lookups(), edges);
  }

  @Bean
  QueueLoad queueLoad(ReadPools readers, QueueEdges edges) {
    return new QueueLoad(readers.lookups(), edges);
  }

  @Bean
  JobOutbox jobOutbox(
      JdbcClient database, LedgerJson json, QueueEdges edges, LedgerSettings settings) {
    return new JobOutbox(
        database, json, edges, settings.publishReservation(), settings.republishAfter());
  }

  @Bean
  EventOutbox eventOutbox(JdbcClient database, QueueEdges edges, LedgerSettings settings) {
    return new EventOutbox(database, edges, settings.publishReservation());
  }

  @Bean
  RateLimitStore rateLimitStore(JdbcClient database) {
    return new RateLimitStore(database);
  }

  @Bean
  LogQueries logQueries(ReadPools readers, LedgerJson json) {
    return new LogQueries(readers.searches(), json);
  }

  @Bean
  StepQueries stepQueries(JdbcClient database, ReadPools readers, LedgerJson json) {
    return new StepQueries(database, readers, json);
  }

  @Bean
  JobStatistics jobStatistics(ReadPools readers) {
    return new JobStatistics(readers.searches());
  }

  @Bean
  RecentAttempts recentAttempts(ReadPools readers) {
    return new RecentAttempts(readers.searches());
  }

  @Bean
  JobListQueries jobListQueries(ReadPools readers) {
    return new JobListQueries(readers.searches());
  }

  @Bean
  UsageQueries usageQueries(ReadPools readers) {
    return new UsageQueries(readers.searches());
  }

  @Bean
  HistoryQueries historyQueries(ReadPools readers) {
    return new HistoryQueries(readers.searches(), new LedgerEpoch(readers.searches()));
  }
}
