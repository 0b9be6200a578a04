package dev.darkroom.gateway;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.ClaimedJob.CallIntent;
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
record TestingWorker(JobStore jobStore, OutcomeStore outcomeStore, EventPublisher events) {
  static final String SHA256 = "ab".repeat(32);

  static TestingWorker of(RunningGateway gateway) {
    return new TestingWorker(
        gateway.bean(JobStore.class),
        gateway.bean(OutcomeStore.class),
        gateway.bean(EventPublisher.class));
  }

  Attempt claim(String requestId) {
    return claim(requestId, Duration.ofMinutes(1));
  }

  Attempt claim(String requestId, Duration lease) {
    var id = RequestId.parse(requestId).orElseThrow();
    var intent = new CallIntent(id, Map.of("model", "testing/model", "width", 512));
    return jobStore
        .claimDue("testing-worker", lease, UUID.randomUUID(), List.of(intent))
        .getFirst()
        .attempt();
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
