package dev.darkroom.worker.consume;

import dev.darkroom.messaging.KafkaFailure;
import dev.darkroom.model.Topics;
import dev.darkroom.worker.consume.JobSource.JobSubscription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** In which kind of group the workers share the jobs. */
enum IntakeMode {
  /** A share group: single records go to any number of workers. Kafka 4.2 or later. */
  SHARE(Topics.WORKERS),

  /** An ordinary consumer group: as many workers as partitions. Any broker. */
  CLASSIC(Topics.CLASSIC_WORKERS);

  private static final String NO_SHARE_GROUPS =
      "this broker has no share groups; set darkroom.intake.mode=classic for all workers, or, with Kafka 4.2 or later, enable them: kafka-features.sh --bootstrap-server … upgrade --feature share.version=1";

  private final String group;

  IntakeMode(String group) {
    this.group = group;
  }

  JobSubscription subscription() {
    return new JobSubscription(Topics.JOBS, group);
  }

  /** Why Kafka refuses a worker, and what an operator can do. */
  String explain(KafkaException refused) {
    return switch (refused) {
      case UnsupportedVersionException _ when this == SHARE -> NO_SHARE_GROUPS;
      // a share consumer does not name the group
      case GroupAuthorizationException _ ->
          KafkaFailure.inWords(GroupAuthorizationException.forGroupId(group), "READ");
      default -> KafkaFailure.inWords(refused, "READ and DESCRIBE");
    };
  }
}
