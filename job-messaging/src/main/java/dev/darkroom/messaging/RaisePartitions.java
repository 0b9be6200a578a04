package dev.darkroom.messaging;

import dev.darkroom.messaging.KafkaTroubles.Concern;
import dev.darkroom.model.Topics;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the topic of jobs more partitions. A job's key then leads to another of them; that matters
 * to nobody, as the ledger decides about every record, wherever it lies.
 */
final class RaisePartitions {
  private static final Logger log = LoggerFactory.getLogger(RaisePartitions.class);

  private RaisePartitions() {}

  static void ofJobs(Admin admin, int atLeast, int patienceSeconds, KafkaTroubles troubles)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin
          .createPartitions(Map.of(Topics.JOBS, NewPartitions.increaseTo(atLeast)))
          .all()
          .get(patienceSeconds, TimeUnit.SECONDS);
      log.atInfo().addKeyValue("partitions", atLeast).log("the topic of jobs has more partitions");
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ApiException refused)
          || refused instanceof RetriableException) {
        throw e;
      }
      // Somebody else may just have done it; or this login may not.
      troubles.report(Concern.PARTITIONS, KafkaFailure.inWords(refused, "ALTER"));
    }
  }
}
