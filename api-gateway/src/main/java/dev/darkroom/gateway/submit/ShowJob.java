package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.submit.JobView.AttemptShown;
import dev.darkroom.gateway.submit.JobView.Failure;
import dev.darkroom.gateway.submit.JobView.Metadata;
import dev.darkroom.gateway.submit.JobView.Queue;
import dev.darkroom.gateway.submit.JobView.StepTaken;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Turns jobs of the ledger into what clients see. */
@Component
final class ShowJob {
  private final ModelSettings settings;

  ShowJob(ModelSettings settings) {
    this.settings = settings;
  }

  /** A job that was accepted this moment. */
  JobView accepted(DueJob job) {
    var message = job.message();
    return new JobView(
        true,
        message.requestId(),
        JobStatus.STARTED,
        null,
        null,
        null,
        null,
        null,
        null,
        Metadata.of(message.request(), modelAsked(message.request()), null),
        List.of(new StepTaken(Step.REQUEST_RECEIVED.word(), job.acceptedAt())),
        List.of());
  }

  JobView of(Job job) {
    return of(job, null);
  }

  /**
   * @param queue its place, where it waits for a worker
   */
  JobView of(Job job, @Nullable Queue queue) {
    var picture = job.picture();
    var error = job.error();
    return new JobView(
        job.status() != JobStatus.FAILED,
        job.requestId(),
        job.status(),
        picture == null || job.pictureRemovedAt() != null ? null : picture.url(),
        job.pictureRemovedAt(),
        error == null ? null : new Failure(error.code(), error.message()),
        null,
        queue,
        queue == null ? null : ShowPlace.waitingFor(queue),
        Metadata.of(job.request(), model(job), picture == null ? null : job.finishedAt()),
        job.steps().stream().map(step -> new StepTaken(step.step(), step.createdAt())).toList(),
        job.attempts().stream().map(AttemptShown::of).toList());
  }

  /** The one of the latest call; before the first, the one that was asked for, or is set. */
  private String model(Job job) {
    return job.steps().reversed().stream()
        .filter(step -> step.step().equals(Step.CALLING_NEBIUS_API.word()))
        .findFirst()
        .flatMap(ShowJob::modelCalled)
        .orElseGet(() -> modelAsked(job.request()));
  }

  private String modelAsked(GenerationRequest request) {
    return Objects.requireNonNullElse(request.model(), settings.model());
  }

  private static Optional<String> modelCalled(LogEntry call) {
    var details = call.details();
    return details != null
            && details.get("parameters") instanceof Map<?, ?> parameters
            && parameters.get("model") instanceof String model
        ? Optional.of(model)
        : Optional.empty();
  }
}
