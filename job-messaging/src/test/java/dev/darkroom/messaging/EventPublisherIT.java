package dev.darkroom.messaging;

import static dev.darkroom.messaging.TestingRecords.REQUEST;
import static dev.darkroom.messaging.TestingRecords.TRACE;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.queue.EventOutbox;
import dev.darkroom.model.GenerationEvent;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 90, unit = SECONDS)
class EventPublisherIT {
  private static final PictureRecord PICTURE =
      new PictureRecord("/generated/x.webp", "ab".repeat(32), "image/webp", 4_096);
  private static final String NOBODY_LISTENS = "127.0.0.1:9";

  @Test
  void a_completion_event_is_marked_once_kafka_has_it() {
    try (var application = TestingApplication.start(TestServers.kafka());
        var events = new TestingEventConsumer(TestServers.kafka())) {
      var job = completedJob(application);
      events.awaitAssignment();

      application.getBean(EventPublisher.class).publish(job);

      await().until(() -> published(application) == 1);
      var received = events.next(job.event().requestId());
      assertThat(received.getId()).isEqualTo(job.event().requestId() + ":completed");
      assertThat(received.getTime()).isEqualTo(job.finishedAt().atOffset(ZoneOffset.UTC));
    }
  }

  @Test
  void an_event_before_the_end_is_sent_where_it_is_wanted_and_nothing_is_marked() {
    try (var application =
            TestingApplication.startWith(TestServers.kafka(), "--darkroom.events.progress=true");
        var events = new TestingEventConsumer(TestServers.kafka())) {
      var job = completedJob(application);
      var id = job.event().requestId();
      events.awaitAssignment();

      application
          .getBean(EventPublisher.class)
          .publishProgress(GenerationEvent.progress(id, "ada", JobStatus.PROCESSING, 1), TRACE);

      assertThat(events.next(id).getId()).isEqualTo(id + ":processing:1");
      assertThat(published(application)).isZero();
    }
  }

  @Test
  void by_default_only_ends_are_told() {
    try (var application = TestingApplication.start(TestServers.kafka());
        var events = new TestingEventConsumer(TestServers.kafka())) {
      var job = completedJob(application);
      var id = job.event().requestId();
      events.awaitAssignment();
      var publisher = application.getBean(EventPublisher.class);

      publisher.publishProgress(
          GenerationEvent.progress(id, "ada", JobStatus.PROCESSING, 1), TRACE);
      publisher.publish(job);

      assertThat(events.next(id).getId()).isEqualTo(id + ":completed");
    }
  }

  @Test
  void closing_sends_and_marks_what_waits() {
    try (var application = TestingApplication.start(TestServers.kafka())) {
      var jobs = Stream.generate(() -> completedJob(application)).limit(30).toList();
      var publishing = application.getBean(EventPublisher.class);
      jobs.forEach(publishing::publish);

      publishing.close();

      assertThat(published(application)).isEqualTo(30);
    }
  }

  @Test
  void while_kafka_is_away_nobody_waits_and_the_sweep_finds_what_was_missed(CapturedOutput output) {
    try (var application = TestingApplication.start(NOBODY_LISTENS, "max.block.ms=3000")) {
      var jobs = Stream.generate(() -> completedJob(application)).limit(50).toList();
      var publishing = application.getBean(EventPublisher.class);

      var before = System.nanoTime();
      jobs.forEach(publishing::publish);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("less than one wait")
          .isLessThan(Duration.ofSeconds(3));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(output).contains("Kafka takes no completion events"));
      publishing.close();

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .as("one or two waits, not fifty")
          .isLessThan(Duration.ofSeconds(60));
      assertThat(published(application)).isZero();
      assertThat(output).doesNotContain("payload").doesNotContain("\tat org.apache.kafka");
      application
          .getBean(JdbcClient.class)
          .sql("update public.generation_queue set publish_after = now()")
          .update();
      assertThat(application.getBean(EventOutbox.class).reserveUnpublished(100)).hasSize(50);
    }
  }

  private static FinishedJob completedJob(ConfigurableApplicationContext application) {
    var id = new RequestId(UUID.randomUUID());
    application
        .getBean(JobStore.class)
        .accept(
            List.of(
                new NewJob(
                    id,
                    "ada",
                    REQUEST,
                    Map.of("parameters", Map.of()),
                    Duration.ofMinutes(1),
                    TRACE)));
    var claimed =
        application
            .getBean(JobStore.class)
            .claimDue("worker-1", Duration.ofSeconds(30), UUID.randomUUID(), List.of(id));
    return application
        .getBean(OutcomeStore.class)
        .completeIfCurrent(claimed.getFirst().attempt(), PICTURE, Map.of())
        .orElseThrow();
  }

  private static long published(ConfigurableApplicationContext application) {
    return application
        .getBean(JdbcClient.class)
        .sql(
            """
            select count(*) from public.generation_jobs
            where finished_at is not null and request_id not in (select request_id from public.generation_queue)
            """)
        .query(Long.class)
        .single();
  }
}
