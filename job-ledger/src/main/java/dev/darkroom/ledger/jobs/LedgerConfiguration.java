package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.connection.DatabaseLogin;
import dev.darkroom.ledger.connection.LeaveReadOnlyServer;
import dev.darkroom.ledger.connection.LedgerHealth;
import dev.darkroom.ledger.connection.PoolCustomizer;
import dev.darkroom.ledger.limit.OpenQuotaBook;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.IndexPrompts;
import dev.darkroom.ledger.log.ReadSteps;
import dev.darkroom.ledger.loop.LoopConfiguration;
import dev.darkroom.ledger.readers.ReadPoolConfiguration;
import dev.darkroom.ledger.readers.ReadPools;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's transitions and questions as beans, for applications that import it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  LedgerSettings.class,
  IdempotencySettings.class,
  AttemptSettings.class,
  UnknownOutcomeSettings.class
})
@Import({ReadPoolConfiguration.class, LoopConfiguration.class})
public class LedgerConfiguration {

  /** Before the pool and the migrations, which would repeat a refused login for a minute. */
  @Bean
  static BeanFactoryPostProcessor checkDatabaseLogin(Environment environment) {
    return _ -> DatabaseLogin.check(environment);
  }

  /** Static, so that it is there before any pool. */
  @Bean
  static PoolCustomizer poolCustomizer() {
    return new PoolCustomizer();
  }

  @Bean
  LeaveReadOnlyServer leaveReadOnlyServer(DataSource database, ReadPools readers) {
    return new LeaveReadOnlyServer(Stream.concat(Stream.of(database), readers.sources()).toList());
  }

  @Bean
  JobMeters jobMeters(ObjectProvider<MeterRegistry> meters) {
    return new JobMeters(meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  @Bean
  DatabaseWatch databaseWatch(JdbcClient database, ObjectProvider<MeterRegistry> meters) {
    return new DatabaseWatch(database, meters.getIfAvailable(SimpleMeterRegistry::new));
  }

  /** Named by what it speaks of, as health shows it. */
  @Bean
  HealthIndicator ledger(JdbcClient database, LeaveReadOnlyServer connections) {
    return new LedgerHealth(database, connections);
  }

  @Bean
  AcceptJobs acceptJobs(
      JdbcClient database, JsonMapper mapper, LedgerSettings settings, IdempotencySettings keys) {
    return new AcceptJobs(database, new LedgerJson(mapper), settings, keys);
  }

  @Bean
  ForgetKeys forgetKeys(JdbcClient database, IdempotencySettings settings) {
    return new ForgetKeys(database, settings);
  }

  @Bean
  ForgetPictures forgetPictures(JdbcClient database) {
    return new ForgetPictures(database);
  }

  @Bean
  ClaimJobs claimJobs(JdbcClient database, JsonMapper mapper, JobMeters meters) {
    return new ClaimJobs(database, new LedgerJson(mapper), meters);
  }

  @Bean
  FinishJobs finishJobs(
      JdbcClient database, JsonMapper mapper, LedgerSettings settings, JobMeters meters) {
    return new FinishJobs(database, new LedgerJson(mapper), settings, meters);
  }

  @Bean
  RescheduleJobs rescheduleJobs(
      JdbcClient database,
      AttemptSettings attempts,
      UnknownOutcomeSettings nebius,
      LedgerSettings settings,
      JobMeters meters) {
    var policy = new AttemptPolicy(attempts.maxAttempts(), nebius.onUnknownOutcome());
    return new RescheduleJobs(database, policy, settings, meters);
  }

  @Bean
  RescueJobs rescueJobs(
      JdbcClient database,
      RescheduleJobs rescheduleJobs,
      LedgerSettings settings,
      JobMeters meters) {
    return new RescueJobs(database, rescheduleJobs, settings, meters);
  }

  @Bean
  JobOutbox jobOutbox(JdbcClient database, JsonMapper mapper, LedgerSettings settings) {
    return new JobOutbox(database, new LedgerJson(mapper), settings);
  }

  @Bean
  JobTurns jobTurns(JdbcClient database, JsonMapper mapper, LedgerSettings settings) {
    return new JobTurns(database, new LedgerJson(mapper), settings);
  }

  @Bean
  EventOutbox eventOutbox(JdbcClient database, LedgerSettings settings) {
    return new EventOutbox(database, settings);
  }

  @Bean
  LostEvents lostEvents(JdbcClient database) {
    return new LostEvents(database);
  }

  @Bean
  OversizedJobs oversizedJobs(JdbcClient database, LedgerSettings settings, JobMeters meters) {
    return new OversizedJobs(database, settings, meters);
  }

  @Bean
  OpenQuotaBook openQuotaBook(JdbcClient database, JsonMapper mapper) {
    return new OpenQuotaBook(database, mapper);
  }

  @Bean
  GenerationLogs generationLogs(ReadPools readers, JsonMapper mapper) {
    return new GenerationLogs(readers.searches(), new LedgerJson(mapper));
  }

  @Bean
  ReadSteps readSteps(JdbcClient database, ReadPools readers, JsonMapper mapper) {
    return new ReadSteps(database, readers, new LedgerJson(mapper));
  }

  @Bean
  IndexPrompts indexPrompts(JdbcClient database) {
    return new IndexPrompts(database);
  }

  @Bean
  JobStatistics jobStatistics(ReadPools readers) {
    return new JobStatistics(readers.searches());
  }

  @Bean
  JobQueue jobQueue(ReadPools readers) {
    return new JobQueue(readers.lookups());
  }

  @Bean
  RecentAttempts recentAttempts(ReadPools readers) {
    return new RecentAttempts(readers.searches());
  }

  @Bean
  FindJobs findJobs(JdbcClient database, ReadPools readers, JsonMapper mapper) {
    return new FindJobs(database, readers.lookups(), new LedgerJson(mapper));
  }
}
