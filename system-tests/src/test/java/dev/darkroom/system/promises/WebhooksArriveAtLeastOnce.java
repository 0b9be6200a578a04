package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.clients.ArrivedWebhook;
import dev.darkroom.system.evidence.JobHistory;
import java.util.stream.Stream;

/**
 * Who named an address is told there of the job's end, at least once and under the same id each
 * time.
 */
public record WebhooksArriveAtLeastOnce() implements Promise.ForEachJob {
  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var job = history.job();
    var came = history.webhooks();
    var type = "darkroom.generation." + job.status().word();
    return Stream.of(
            ifSo(
                job.hasWebhook() && job.hasEnded() && came.isEmpty(),
                "no webhook told of the job's end"),
            ifSo(
                came.stream().map(ArrivedWebhook::id).distinct().count() > 1,
                "webhooks of one end have different ids: " + came),
            ifSo(
                came.stream().anyMatch(told -> !job.hasEnded() || !told.type().equals(type)),
                "a webhook says something else: " + came))
        .flatMap(says -> says);
  }
}
