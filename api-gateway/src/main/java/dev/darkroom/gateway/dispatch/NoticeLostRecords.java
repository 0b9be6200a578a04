package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.JobOutbox;
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
 * Finds jobs whose record Kafka no longer has, and leaves them to the sweep to be published again:
 * all of them where the topic is another one than before, and those that others of their partition
 * have overtaken.
 */
@Component
final class NoticeLostRecords {
  private static final Logger log = LoggerFactory.getLogger(NoticeLostRecords.class);

  private final TopicInitializer topics;
  private final JobOutbox ledger;
  private final Counter lost;
  private final PartitionHeads heads = new PartitionHeads();
  private @Nullable String topicId;

  NoticeLostRecords(TopicInitializer topics, JobOutbox ledger, MeterRegistry meters) {
    this.topics = topics;
    this.ledger = ledger;
    this.lost =
        Counter.builder("darkroom.outbox.lost")
            .description("Jobs whose record Kafka has lost; they are published again")
            .register(meters);
  }

  /** Never more to do at once. Without a topic nobody knows where a record lies. */
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
    var released = ledger.releaseAllIfMoved(Topics.JOBS, current);
    topicId = current;
    if (released > 0) {
      lost.increment(released);
      log.atWarn()
          .addKeyValue("jobs", released)
          .log("the topic of jobs was created anew; the jobs that were in it are published again");
    }
  }

  private void releaseOvertaken(JobsTopic topic) {
    heads.see(ledger.running(), topic.partitions());
    heads
        .furthest()
        .map(ledger::behind)
        .map(waiting ->
            waiting.stream().filter(job -> heads.haveOvertaken(job, ledger.patience())).toList())
        .filter(overtaken -> !overtaken.isEmpty())
        .map(ledger::release)
        .filter(released -> released > 0)
        .ifPresent(released -> {
          lost.increment(released);
          log.atWarn()
              .addKeyValue("jobs", released)
              .log(
                  "jobs were overtaken by later ones; their records are lost, and published again");
        });
  }
}
