package dev.darkroom.ledger;

import dev.darkroom.ledger.address.LeaveReadOnlyServer;
import dev.darkroom.ledger.log.GenerationLogs;
import dev.darkroom.ledger.log.IndexPrompts;
import dev.darkroom.ledger.log.ReadSteps;
import dev.darkroom.ledger.pool.ReadPoolConfiguration;
import dev.darkroom.ledger.pool.ReadPools;
import dev.darkroom.ledger.quota.OpenQuotaBook;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.ledger.statistics.JobStatistics;
import dev.darkroom.ledger.statistics.RecentAttempts;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's transitions and questions as beans, for applications that import it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  LedgerSettings.class,
  IdempotencySettings.class,
  AttemptSettings.class,
  UnknownOutcomeSettings.class
})
@Import(ReadPoolConfiguration.class)
public class LedgerConfiguration {

  @Bean
  SQLExceptionTranslator leaveReadOnlyServer(DataSource database, ReadPools readers) {
    return new LeaveReadOnlyServer(Stream.concat(Stream.of(database), readers.sources()).toList());
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
  JobStatistics jobStatistics(JdbcClient database, ReadPools readers) {
    return new JobStatistics(database, readers.searches());
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
