package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.model.ModelCatalog;
import dev.darkroom.gateway.submit.JobView.JobAttemptView;
import dev.darkroom.gateway.submit.JobView.JobMetadata;
import dev.darkroom.gateway.submit.JobView.JobStep;
import dev.darkroom.gateway.submit.QueueEstimate.WaitView;
import dev.darkroom.ledger.jobs.Billing;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes views of the ledger's jobs. */
@Component
final class JobViewMapper {
  private final ModelCatalog models;
  private final QueueEstimate queue;

  JobViewMapper(ModelCatalog models, QueueEstimate queue) {
    this.models = models;
    this.queue = queue;
  }

  /** A job that was just accepted. */
  JobView accepted(DueJob job, Submission submission, ReplyLinks links) {
    return accepted(job, submission, submission.ignored(), 0, null, links);
  }

  /** Jobs of a group that were just accepted. */
  List<JobView> accepted(List<DueJob> group, Submission submission, ReplyLinks links) {
    var first = group.getFirst().message().requestId();
    return IntStream.range(0, group.size())
        .mapToObj(place -> accepted(group.get(place), submission, List.of(), place, first, links))
        .toList();
  }

  private JobView accepted(
      DueJob job,
      Submission submission,
      List<String> ignored,
      int place,
      @Nullable RequestId group,
      ReplyLinks links) {
    var message = job.message();
    return new JobView(
        true,
        message.requestId(),
        JobStatus.STARTED,
        submission.priority(),
        null,
        null,
        null,
        ignored.isEmpty() ? null : ignored,
        null,
        null,
        JobMetadata.of(message.request(), requestedModel(message.request()), null),
        List.of(new JobStep(Step.REQUEST_RECEIVED.word(), job.acceptedAt())),
        List.of(),
        submission.original(place),
        group,
        Billing.of(0, 0, 0, false),
        JobLinks.of(message.requestId(), JobStatus.STARTED, null, links));
  }

  JobView of(Job job, List<String> ignored, ReplyLinks links) {
    return of(job, ignored, null, links);
  }

  JobView withQueue(Job job, ReplyLinks links) {
    return of(job, List.of(), queue.waitOf(job).orElse(null), links);
  }

  private JobView of(Job job, List<String> ignored, @Nullable WaitView wait, ReplyLinks links) {
    var picture = job.picture();
    var imageUrl =
        picture == null || job.pictureRemovedAt() != null ? null : links.toPicture(picture.url());
    return new JobView(
        job.status() != JobStatus.FAILED,
        job.requestId(),
        job.status(),
        job.priority(),
        imageUrl,
        job.pictureRemovedAt(),
        job.error(),
        ignored.isEmpty() ? null : ignored,
        wait == null ? null : wait.queue(),
        wait == null ? null : wait.waitingFor(),
        JobMetadata.of(job.request(), model(job), picture == null ? null : job.finishedAt()),
        job.steps().stream().map(step -> new JobStep(step.step(), step.createdAt())).toList(),
        job.attempts().stream().map(JobAttemptView::of).toList(),
        job.replayOf(),
        job.groupId(),
        job.billing(),
        JobLinks.of(job.requestId(), job.status(), imageUrl, links));
  }

  /** The model of the latest call; before the first, the requested one or the default. */
  private String model(Job job) {
    return job.steps().reversed().stream()
        .filter(step -> step.step().equals(Step.CALLING_NEBIUS_API.word()))
        .findFirst()
        .flatMap(JobViewMapper::calledModel)
        .orElseGet(() -> requestedModel(job.request()));
  }

  private String requestedModel(GenerationRequest request) {
    return Objects.requireNonNullElse(request.model(), models.defaultModel().name());
  }

  private static Optional<String> calledModel(LogEntry call) {
    var details = call.details();
    return details != null
            && details.get("parameters") instanceof Map<?, ?> parameters
            && parameters.get("model") instanceof String model
        ? Optional.of(model)
        : Optional.empty();
  }
}
