package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.EventOutbox;
import dev.darkroom.ledger.jobs.JobOutbox;
import dev.darkroom.ledger.jobs.JobTurns;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.messaging.EventPublisher;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class OutboxConfiguration {

  @Bean
  SweepOutbox sweepOutbox(
      JobOutbox jobs,
      SendJobs sendJobs,
      KafkaFlow flow,
      SweepOutbox.MissedEvents missedEvents,
      OutboxSettings settings,
      MeterRegistry meters) {
    return new SweepOutbox(jobs, sendJobs, flow, missedEvents, settings, meters);
  }

  @Bean
  SweepOutbox.MissedEvents missedEvents(EventOutbox outbox, EventPublisher events) {
    return new SweepOutbox.MissedEvents(outbox, events);
  }

  @Bean
  BackgroundLoop outboxSweep(SweepOutbox outbox, OutboxSettings settings) {
    return new BackgroundLoop("sweep-outbox", settings.sweep(), outbox::round);
  }

  @Bean
  RoomOnKafka roomOnKafka(OutboxSettings settings) {
    return new RoomOnKafka(settings.window());
  }

  @Bean
  LetJobsGo letJobsGo(
      JobTurns turns,
      SendJobs sendJobs,
      KafkaFlow flow,
      RoomOnKafka room,
      TellHoldingBack holdingBack,
      OutboxSettings settings,
      MeterRegistry meters) {
    return new LetJobsGo(turns, sendJobs, flow, room, holdingBack, settings.batch(), meters);
  }

  @Bean
  BackgroundLoop turnsSweep(LetJobsGo letJobsGo, OutboxSettings settings) {
    return new BackgroundLoop("let-jobs-go", settings.refill(), letJobsGo::round);
  }

  @Bean
  BackgroundLoop lostRecordsSweep(NoticeLostRecords lost, OutboxSettings settings) {
    return new BackgroundLoop("notice-lost-records", settings.lookForLost(), lost::round);
  }

  @Bean
  BackgroundLoop eventReplaySweep(EventReplay replay, OutboxSettings settings) {
    return new BackgroundLoop("replay-events", settings.lookForLost(), replay::round);
  }
}
