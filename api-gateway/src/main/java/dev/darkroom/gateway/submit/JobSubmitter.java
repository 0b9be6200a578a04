package dev.darkroom.gateway.submit;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochRandomGenerator;
import dev.darkroom.gateway.dispatch.JobDispatcher;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.call.CallParameters;
import dev.darkroom.ledger.batch.GroupCommit;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/**
 * Makes submissions durable: those of concurrent requests share a commit. A group has one of its
 * own, because it is accepted as a whole.
 */
@Component
final class JobSubmitter implements AutoCloseable {
  /** Another client may take the key, and its job may be deleted, too. */
  private static final int RETRIES = 3;

  private static final Duration FORGET_KEYS_EVERY = Duration.ofMinutes(1);
  private static final int KEYS_PER_ROUND = 1_000;

  /**
   * UUIDv7 sort by time (RFC 9562), so that the ledger's index grows at its end. All else in them
   * is random: one id does not reveal others of the same millisecond.
   */
  private final TimeBasedEpochRandomGenerator ids = Generators.timeBasedEpochRandomGenerator();

  private final JobDispatcher dispatcher;
  private final RetentionStore retentionStore;
  private final RandomGenerator random;
  private final ModelCatalog models;
  private final GroupCommit<NewJob, Acceptance> groupCommit;
  private final GroupCommit<List<NewJob>, List<Acceptance>> groups;
  private final DistributionSummary batchSizes;

  JobSubmitter(
      JobDispatcher dispatcher,
      RetentionStore retentionStore,
      RandomGenerator random,
      ModelCatalog models,
      AcceptSettings settings,
      MeterRegistry meters) {
    this.dispatcher = dispatcher;
    this.retentionStore = retentionStore;
    this.random = random;
    this.models = models;
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
    this.groups =
        new GroupCommit<>(
            "accept-groups",
            new GroupCommit.CommitLimits(settings.queue(), 1, 1, settings.patience()),
            waiting -> waiting.stream().map(dispatcher::acceptGroup).toList());
    Gauge.builder(
            "darkroom.accept.waiting", this, it -> it.groupCommit.waiting() + it.groups.waiting())
        .description("Jobs that wait for a commit of this gateway")
        .register(meters);
  }

  /**
   * Settings of accepting jobs.
   *
   * @param batch jobs per commit, at most
   * @param writers concurrent commits; each holds a database connection
   * @param queue jobs that may wait for a writer; requests beyond it get 503
   * @param patience how long a job may wait until it is durable; after that its client gets 503
   */
  @Validated
  @ConfigurationProperties("darkroom.accept")
  record AcceptSettings(
      @DefaultValue("64") @Min(1) @Max(1_000) int batch,
      @DefaultValue("2") @Min(1) @Max(16) int writers,
      @DefaultValue("256") @Min(1) @Max(100_000) int queue,
      @DefaultValue("5s") @DurationMin(millis = 100) @DurationMax(minutes = 1) Duration patience) {}

  @Bean
  static BackgroundLoop forgetKeysSweep(RetentionStore keys) {
    return new BackgroundLoop(
        "forget-keys",
        FORGET_KEYS_EVERY,
        () -> {
          keys.forgetDays();
          return keys.forgetExpiredKeys(KEYS_PER_ROUND) == KEYS_PER_ROUND;
        });
  }

  RequestId mintId() {
    return new RequestId(ids.generate());
  }

  /**
   * What became of the submission, once it is durable. From then on an accepted job is guaranteed
   * to end.
   *
   * @param first the id of the only job, or of a group and its first job
   * @param owner whom the job belongs to from now on
   * @param key the client's name for this submission
   * @param trace the client's; otherwise a new one begins
   * @throws org.springframework.dao.DataAccessException if the ledger does not answer in time; the
   *     job may then be accepted or not
   * @return for each job that it is accepted; otherwise one element says why none is
   */
  List<Acceptance> submit(
      RequestId first,
      Submission submission,
      String owner,
      Optional<String> key,
      Optional<TraceParent> trace,
      JobTerms terms) {
    var jobs = newJobs(first, submission, owner, key, trace, terms);
    var written = write(jobs);
    for (var again = 0;
        again < RETRIES && isOfDeletedJob(written.getFirst(), owner, key);
        again++) {
      written = write(jobs);
    }
    return written;
  }

  private List<Acceptance> write(List<NewJob> jobs) {
    return jobs.size() == 1 ? List.of(groupCommit.write(jobs.getFirst())) : groups.write(jobs);
  }

  private List<NewJob> newJobs(
      RequestId first,
      Submission submission,
      String owner,
      Optional<String> key,
      Optional<TraceParent> trace,
      JobTerms terms) {
    if (submission.count() == 1) {
      return List.of(newJob(first, submission, 0, owner, key, trace, terms));
    }
    var shared = trace.orElseGet(() -> TraceParent.begin(random));
    return IntStream.range(0, submission.count())
        .mapToObj(place ->
            newJob(
                    place == 0 ? first : mintId(),
                    submission,
                    place,
                    owner,
                    key.filter(_ -> place == 0),
                    Optional.of(shared),
                    terms)
                .in(first))
        .toList();
  }

  /** The job that a submission asks for in this place, from 0. */
  NewJob newJob(
      RequestId requestId,
      Submission submission,
      int place,
      String owner,
      Optional<String> key,
      Optional<TraceParent> trace,
      JobTerms terms) {
    var request = submission.request(place);
    return new NewJob(
        requestId,
        owner,
        submission.userId(),
        request,
        CallParameters.of(request, models.modelOf(request)).details(),
        submission.deadline(),
        trace.orElseGet(() -> TraceParent.begin(random)),
        key.map(value -> new IdempotencyKey(value, submission.fingerprint())).orElse(null),
        submission.original(place),
        submission.webhook().orElse(null),
        terms,
        null);
  }

  /** An operator deleted the job of this key; then the key is free again. */
  private boolean isOfDeletedJob(Acceptance acceptance, String owner, Optional<String> key) {
    return switch (acceptance) {
      case Acceptance.Accepted _, Acceptance.Refused _ -> false;
      case Acceptance.Replayed(var first) ->
          retentionStore.forgetKeyIfJobIsGone(owner, key.orElseThrow(), first);
      case Acceptance.KeyReused(var first) ->
          retentionStore.forgetKeyIfJobIsGone(owner, key.orElseThrow(), first);
    };
  }

  private List<Acceptance> commit(List<NewJob> jobs) {
    batchSizes.record(jobs.size());
    return dispatcher.accept(jobs);
  }

  /** Commits what waits; the database is there until then, because Spring closes it later. */
  @Override
  public void close() {
    groups.close();
    groupCommit.close();
  }
}
