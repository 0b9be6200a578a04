package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Parsed.BadField;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Submits the requests of ended jobs again, through the same door as new ones. */
@Component
public final class JobReplayer {
  private static final int FINGERPRINT = 16;

  private final JobQueries jobQueries;
  private final JobStore jobStore;
  private final JobSubmitter jobSubmitter;
  private final SubmissionParser submissions;
  private final JsonMapper json;

  JobReplayer(
      JobQueries jobQueries,
      JobStore jobStore,
      JobSubmitter jobSubmitter,
      SubmissionParser submissions,
      JsonMapper json) {
    this.jobQueries = jobQueries;
    this.jobStore = jobStore;
    this.jobSubmitter = jobSubmitter;
    this.submissions = submissions;
    this.json = json;
  }

  /** What becomes of a wish to repeat a job. */
  sealed interface ReplayRequest {
    /**
     * It can be submitted.
     *
     * @param owner of the original, and so of the repetition, whoever asks for it
     * @param key that makes a double click one job: it holds until the repetition has ended
     */
    record Submittable(Submission submission, String owner, String key) implements ReplayRequest {}

    record NoSuchJob() implements ReplayRequest {}

    /** It has not ended. */
    record StillOpen() implements ReplayRequest {}

    /** Its content was erased, or a part of a group is gone. */
    record Erased() implements ReplayRequest {}

    record BadChanges(List<BadField> errors) implements ReplayRequest {}
  }

  /**
   * The same request and seed again.
   *
   * @param visible to whoever asks for it
   * @param changes fields of a submission that replace those of the original; null means absent
   */
  ReplayRequest replayOf(RequestId original, Visibility visible, JsonNode changes) {
    var found = jobQueries.findForSubmitter(original, visible);
    if (found.isEmpty()) {
      return new ReplayRequest.NoSuchJob();
    } else if (found.get().finishedAt() == null) {
      return new ReplayRequest.StillOpen();
    } else if (isErased(found.get())) {
      return new ReplayRequest.Erased();
    }
    return submittable(List.of(found.get()), changed(found.get(), changes));
  }

  /**
   * The same jobs again, as a new group.
   *
   * @param visible to whoever asks for it
   * @param changes as for a job, but for the number of jobs
   */
  ReplayRequest replayOfGroup(RequestId group, Visibility visible, JsonNode changes) {
    var found = jobQueries.findGroupForSubmitter(group, visible);
    if (found.isEmpty()) {
      return new ReplayRequest.NoSuchJob();
    } else if (found.stream().anyMatch(job -> job.finishedAt() == null)) {
      return new ReplayRequest.StillOpen();
    } else if (!found.getFirst().requestId().equals(group)
        || found.stream().anyMatch(JobReplayer::isErased)) {
      return new ReplayRequest.Erased();
    }
    var body = changed(found.getFirst(), changes).put("count", found.size());
    var other = changes.path("count");
    return other.isMissingNode() || other.equals(body.path("count"))
        ? submittable(found, body)
        : new ReplayRequest.BadChanges(
            List.of(
                new BadField(
                    "count", "must be %d here, as in the original".formatted(found.size()))));
  }

  private ReplayRequest submittable(List<Job> originals, ObjectNode body) {
    var ids = originals.stream().map(Job::requestId).toList();
    return switch (submissions.parse(body)) {
      case Parsed.BadFields<Submission>(var errors) -> new ReplayRequest.BadChanges(errors);
      case Parsed.Success<Submission>(var submission) ->
          new ReplayRequest.Submittable(
              submission.as(ids), originals.getFirst().owner(), key(ids.getFirst(), submission));
    };
  }

  private static boolean isErased(Job job) {
    return job.request().prompt().equals(GenerationRequest.ERASED);
  }

  private String key(RequestId original, Submission submission) {
    return "replay:%s:%d:%s"
        .formatted(
            original,
            jobQueries.countEndedReplays(original) + 1,
            submission.fingerprint().substring(0, FINGERPRINT));
  }

  /** As the client of the original would write it. */
  private ObjectNode changed(Job original, JsonNode changes) {
    ObjectNode body = json.valueToTree(original.request());
    body.put("userId", original.userId());
    body.put("priority", original.priority());
    var webhook = original.webhook();
    if (webhook != null) {
      body.put("webhookUrl", webhook.url());
      body.set("webhookEvents", json.valueToTree(webhook.events()));
    }
    for (var change : changes.properties()) {
      if (change.getValue().isNull()) {
        body.remove(change.getKey());
      } else {
        body.set(change.getKey(), change.getValue());
      }
    }
    return body;
  }

  /**
   * Submits the requests of these jobs again. They wait for their turns, so that other users' jobs
   * go on.
   *
   * @param visible to whoever wants that; the others are left alone
   * @param operation what this is part of: each job is repeated once for it, however often this is
   *     called
   * @return how many were submitted, now or before; the others are gone, erased or not allowed any
   *     more
   */
  public int replayAll(List<RequestId> originals, Visibility visible, String operation) {
    var none = JsonNodeFactory.instance.objectNode();
    var jobs = new ArrayList<NewJob>();
    for (var original : jobQueries.findWithoutSteps(originals, visible)) {
      if (!isErased(original)
          && submissions.parse(changed(original, none))
              instanceof Parsed.Success<Submission>(var submission)) {
        jobs.add(
            jobSubmitter.newJob(
                jobSubmitter.mintId(),
                submission.as(List.of(original.requestId())),
                0,
                original.owner(),
                Optional.of("replay:" + operation + ":" + original.requestId()),
                Optional.empty(),
                JobTerms.DEFAULT.withPriority(submission.priority())));
      }
    }
    return jobs.isEmpty()
        ? 0
        : (int)
            jobStore.accept(jobs, 0).stream()
                .filter(acceptance -> !(acceptance instanceof Acceptance.KeyReused))
                .count();
  }
}
