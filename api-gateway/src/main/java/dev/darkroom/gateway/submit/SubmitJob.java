package dev.darkroom.gateway.submit;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.darkroom.ledger.jobs.Acceptance;
import dev.darkroom.ledger.jobs.ForgetKeys;
import dev.darkroom.ledger.jobs.IdempotencyKey;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Makes a submission durable, then sees to it that a worker hears of it. */
@Component
final class SubmitJob {
  /**
   * UUIDv7 sort by time (RFC 9562), so that the ledger's index grows at its end. All else in them
   * is random: who knows one id can't tell those of the same millisecond from it.
   */
  private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

  /** Another one may take the key, and its job may be deleted, too. */
  private static final int RETRIES = 3;

  private final AcceptTogether ledger;
  private final ForgetKeys keys;
  private final RandomGenerator random;

  SubmitJob(AcceptTogether ledger, ForgetKeys keys, RandomGenerator random) {
    this.ledger = ledger;
    this.keys = keys;
    this.random = random;
  }

  RequestId mintId() {
    return new RequestId(ids.generate());
  }

  /**
   * What became of it. An accepted job ends from here on, whatever fails.
   *
   * @param key the client's name for this submission
   * @param trace the client's; otherwise one is begun
   * @throws org.springframework.dao.DataAccessException where the ledger does not answer; the job
   *     may then be accepted or not
   */
  Acceptance submit(
      RequestId requestId,
      Submission submission,
      Optional<String> key,
      Optional<TraceParent> trace) {
    var job =
        new NewJob(
            requestId,
            submission.userId(),
            submission.request(),
            submission.deadline(),
            trace.orElseGet(() -> TraceParent.begin(random)),
            key.map(value -> new IdempotencyKey(value, Fingerprint.of(submission))).orElse(null));
    var acceptance = ledger.accept(job);
    for (var again = 0; again < RETRIES && isOfGoneJob(acceptance, key); again++) {
      acceptance = ledger.accept(job);
    }
    return acceptance;
  }

  /** Its job was deleted by hand; then the key is free again. */
  private boolean isOfGoneJob(Acceptance acceptance, Optional<String> key) {
    return switch (acceptance) {
      case Acceptance.Accepted _ -> false;
      case Acceptance.Replayed(var first) -> keys.forgetIfGone(key.orElseThrow(), first);
      case Acceptance.KeyReused(var first) -> keys.forgetIfGone(key.orElseThrow(), first);
    };
  }
}
