package dev.darkroom.gateway.outbox;

import dev.darkroom.gateway.sweep.Sweep;
import dev.darkroom.ledger.EventOutbox;
import dev.darkroom.ledger.JobOutbox;
import dev.darkroom.ledger.JobTurns;
import dev.darkroom.messaging.PublishEvents;
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
  SweepOutbox.MissedEvents missedEvents(EventOutbox outbox, PublishEvents events) {
    return new SweepOutbox.MissedEvents(outbox, events);
  }

  @Bean
  Sweep outboxSweep(SweepOutbox outbox, OutboxSettings settings) {
    return new Sweep("sweep-outbox", settings.sweep(), outbox::round);
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
  Sweep turnsSweep(LetJobsGo letJobsGo, OutboxSettings settings) {
    return new Sweep("let-jobs-go", settings.refill(), letJobsGo::round);
  }

  @Bean
  Sweep lostRecordsSweep(NoticeLostRecords lost, OutboxSettings settings) {
    return new Sweep("notice-lost-records", settings.lookForLost(), lost::round);
  }

  @Bean
  Sweep eventReplaySweep(EventReplay replay, OutboxSettings settings) {
    return new Sweep("replay-events", settings.lookForLost(), replay::round);
  }
}
