package dev.darkroom.ledger;

import dev.darkroom.ledger.address.LeaveReadOnlyServer;
import dev.darkroom.ledger.address.LedgerHealth;
import dev.darkroom.ledger.address.PoolCustomizer;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.IndexPrompts;
import dev.darkroom.ledger.log.ReadSteps;
import dev.darkroom.ledger.quota.OpenQuotaBook;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
public class LedgerConfiguration {

  /** Static, so that it is there before any pool. */
  @Bean
  static PoolCustomizer poolCustomizer() {
    return new PoolCustomizer();
  }

  @Bean
  LeaveReadOnlyServer leaveReadOnlyServer(DataSource database) {
    return new LeaveReadOnlyServer(database);
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
  ClaimJobs claimJobs(JdbcClient database, JsonMapper mapper) {
    return new ClaimJobs(database, new LedgerJson(mapper));
  }

  @Bean
  FinishJobs finishJobs(JdbcClient database, JsonMapper mapper, LedgerSettings settings) {
    return new FinishJobs(database, new LedgerJson(mapper), settings);
  }

  @Bean
  RescheduleJobs rescheduleJobs(
      JdbcClient database,
      AttemptSettings attempts,
      UnknownOutcomeSettings nebius,
      LedgerSettings settings) {
    var policy = new AttemptPolicy(attempts.maxAttempts(), nebius.onUnknownOutcome());
    return new RescheduleJobs(database, policy, settings);
  }

  @Bean
  RescueJobs rescueJobs(
      JdbcClient database, RescheduleJobs rescheduleJobs, LedgerSettings settings) {
    return new RescueJobs(database, rescheduleJobs, settings);
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
  OpenQuotaBook openQuotaBook(JdbcClient database, JsonMapper mapper) {
    return new OpenQuotaBook(database, mapper);
  }

  @Bean
  GenerationLogs generationLogs(JdbcClient database, JsonMapper mapper, LedgerSettings settings) {
    return new GenerationLogs(database, new LedgerJson(mapper), settings.recountAfter());
  }

  @Bean
  ReadSteps readSteps(JdbcClient database, JsonMapper mapper) {
    return new ReadSteps(database, new LedgerJson(mapper));
  }

  @Bean
  IndexPrompts indexPrompts(JdbcClient database) {
    return new IndexPrompts(database);
  }

  @Bean
  JobStatistics jobStatistics(JdbcClient database) {
    return new JobStatistics(database);
  }

  @Bean
  JobQueue jobQueue(JdbcClient database) {
    return new JobQueue(database);
  }

  @Bean
  RecentAttempts recentAttempts(JdbcClient database) {
    return new RecentAttempts(database);
  }

  @Bean
  FindJobs findJobs(JdbcClient database, GenerationLogs logs, JsonMapper mapper) {
    return new FindJobs(database, logs, new LedgerJson(mapper));
  }
}
