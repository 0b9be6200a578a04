package dev.darkroom.gateway.submit;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.darkroom.gateway.dispatch.JobDispatcher;
import dev.darkroom.ledger.batch.GroupCommit;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Makes submissions durable: those of concurrent requests share a commit. */
@Component
final class JobSubmitter implements AutoCloseable {
  /** Another client may take the key, and its job may be deleted, too. */
  private static final int RETRIES = 3;

  /**
   * UUIDv7 sort by time (RFC 9562), so that the ledger's index grows at its end. All else in them
   * is random: one id does not reveal others of the same millisecond.
   */
  private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

  private final JobDispatcher dispatcher;
  private final RetentionStore retentionStore;
  private final RandomGenerator random;
  private final GroupCommit<NewJob, Acceptance> groupCommit;
  private final DistributionSummary batchSizes;

  JobSubmitter(
      JobDispatcher dispatcher,
      RetentionStore retentionStore,
      RandomGenerator random,
      AcceptSettings settings,
      MeterRegistry meters) {
    this.dispatcher = dispatcher;
    this.retentionStore = retentionStore;
    this.random = random;
    this.batchSizes =
        DistributionSummary.builder("darkroom.accept.batch.size")
            .description("Requests that shared a commit")
            .register(meters);
    this.groupCommit =
        new GroupCommit<>(
            "accept-jobs",
            new GroupCommit.CommitLimits(
                settings.queue(), settings.batch(), settings.writers(), settings.patience()),
            this::commit);
    Gauge.builder("darkroom.accept.waiting", groupCommit, GroupCommit::waiting)
        .description("Jobs that wait for a commit of this gateway")
        .register(meters);
  }

  RequestId mintId() {
    return new RequestId(ids.generate());
  }

  /**
   * What became of the submission, once it is durable. From then on an accepted job is guaranteed
   * to end.
   *
   * @param key the client's name for this submission
   * @param trace the client's; otherwise a new one begins
   * @throws org.springframework.dao.DataAccessException if the ledger does not answer in time; the
   *     job may then be accepted or not
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
    var acceptance = groupCommit.write(job);
    for (var again = 0; again < RETRIES && isOfDeletedJob(acceptance, key); again++) {
      acceptance = groupCommit.write(job);
    }
    return acceptance;
  }

  /** An operator deleted the job of this key; then the key is free again. */
  private boolean isOfDeletedJob(Acceptance acceptance, Optional<String> key) {
    return switch (acceptance) {
      case Acceptance.Accepted _ -> false;
      case Acceptance.Replayed(var first) ->
          retentionStore.forgetKeyIfJobIsGone(key.orElseThrow(), first);
      case Acceptance.KeyReused(var first) ->
          retentionStore.forgetKeyIfJobIsGone(key.orElseThrow(), first);
    };
  }

  private List<Acceptance> commit(List<NewJob> jobs) {
    batchSizes.record(jobs.size());
    return dispatcher.accept(jobs);
  }

  /** Commits what waits; the database is there until then, because Spring closes it later. */
  @Override
  public void close() {
    groupCommit.close();
  }
}
