package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.queue.JobOutbox;
import dev.darkroom.messaging.TopicInitializer;
import dev.darkroom.messaging.TopicInitializer.JobsTopic;
import dev.darkroom.model.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Finds jobs whose record Kafka has lost, and makes them due again: all jobs if the topic is
 * another one than before, and jobs that later ones of their partition have overtaken.
 */
@Component
final class LostRecordDetector {
  private static final Logger log = LoggerFactory.getLogger(LostRecordDetector.class);

  private final TopicInitializer topics;
  private final JobOutbox jobOutbox;
  private final Counter lost;
  private final PartitionHeads heads = new PartitionHeads();
  private @Nullable String topicId;

  LostRecordDetector(TopicInitializer topics, JobOutbox jobOutbox, MeterRegistry meters) {
    this.topics = topics;
    this.jobOutbox = jobOutbox;
    this.lost =
        Counter.builder("darkroom.outbox.lost")
            .description("Jobs whose record Kafka has lost; they are published again")
            .register(meters);
  }

  /** There is never more to do at once. */
  boolean round() {
    topics
        .jobsTopic()
        .ifPresent(topic -> {
          releaseAllIfMoved(topic.id());
          releaseOvertaken(topic);
        });
    return false;
  }

  private void releaseAllIfMoved(String current) {
    if (current.equals(topicId)) {
      return;
    }
    var released = jobOutbox.releaseAllIfMoved(Topics.JOBS, current);
    topicId = current;
    if (released > 0) {
      lost.increment(released);
      log.atWarn()
          .addKeyValue("jobs", released)
          .log("the topic of jobs was created anew; its jobs are published again");
    }
  }

  private void releaseOvertaken(JobsTopic topic) {
    heads.see(jobOutbox.running(), topic.partitions());
    heads
        .furthest()
        .map(jobOutbox::behind)
        .map(waiting ->
            waiting.stream().filter(job -> heads.haveOvertaken(job, jobOutbox.patience())).toList())
        .filter(overtaken -> !overtaken.isEmpty())
        .map(jobOutbox::release)
        .filter(released -> released > 0)
        .ifPresent(released -> {
          lost.increment(released);
          log.atWarn()
              .addKeyValue("jobs", released)
              .log(
                  "later jobs overtook these; their records are lost, and they are published again");
        });
  }
}
