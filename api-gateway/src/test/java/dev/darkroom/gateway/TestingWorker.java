package dev.darkroom.gateway;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.FinishedJob;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.messaging.EventPublisher;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Ends jobs as a worker does, without calling anybody. */
public record TestingWorker(JobStore jobStore, OutcomeStore outcomeStore, EventPublisher events) {
  /** For a job that is accepted past the gateway. */
  public static final Map<String, ?> CALL =
      Map.of("parameters", Map.of("model", "testing/model", "width", 512));

  static final String SHA256 = "ab".repeat(32);

  static TestingWorker of(RunningGateway gateway) {
    return new TestingWorker(
        gateway.bean(JobStore.class),
        gateway.bean(OutcomeStore.class),
        gateway.bean(EventPublisher.class));
  }

  Attempt claim(String requestId) {
    return claim(requestId, "testing-worker", Duration.ofMinutes(1));
  }

  /** As a worker that has no other job, for a lease is that of all jobs of a worker. */
  Attempt claim(String requestId, Duration lease) {
    return claim(requestId, "testing-worker-" + UUID.randomUUID(), lease);
  }

  private Attempt claim(String requestId, String worker, Duration lease) {
    var id = RequestId.parse(requestId).orElseThrow();
    return jobStore.claimDue(worker, lease, UUID.randomUUID(), List.of(id)).getFirst().attempt();
  }

  void complete(String requestId) {
    events.publish(completeSilently(requestId));
  }

  /** Completes the job, and its event never comes. */
  FinishedJob completeSilently(String requestId) {
    return completeSilently(
        requestId,
        new PictureRecord("/generated/" + requestId + ".webp", SHA256, "image/webp", 12_345));
  }

  FinishedJob completeSilently(String requestId, PictureRecord picture) {
    return outcomeStore.completeIfCurrent(claim(requestId), picture, Map.of()).orElseThrow();
  }

  void fail(String requestId, String code) {
    events.publish(
        outcomeStore
            .failIfCurrent(
                claim(requestId), Step.NEBIUS_API_ERROR, code, "The provider said no.", Map.of())
            .orElseThrow());
  }
}
