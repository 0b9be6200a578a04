package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.wait.CompletionWaiter;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Replies about groups: 202 while one of the jobs is open, 200 when all have ended, however. Each
 * job says how.
 */
@Component
final class GroupResponses {
  private final CompletionWaiter waiter;
  private final JobQueries ledger;
  private final JobViewMapper views;
  private final SubmitResponses ofJobs;

  GroupResponses(
      CompletionWaiter waiter, JobQueries ledger, JobViewMapper views, SubmitResponses ofJobs) {
    this.waiter = waiter;
    this.ledger = ledger;
    this.views = views;
    this.ofJobs = ofJobs;
  }

  /**
   * A group as the API shows it.
   *
   * @param success false where all have ended and one has no picture
   * @param status {@code completed} if all have pictures, {@code failed} if all have ended and one
   *     has none; {@code processing} from the first call until then
   * @param ignored replies to a submission only: its fields that have no meaning here, if any
   * @param jobs in the order of their seeds
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record GroupView(
      boolean success,
      RequestId groupId,
      JobStatus status,
      @Nullable List<String> ignored,
      List<JobView> jobs,
      GroupLinks links) {

    static GroupView of(
        RequestId groupId, List<JobView> jobs, List<String> ignored, ReplyLinks links) {
      var status = status(jobs);
      var self = links.to("/api/groups/" + groupId);
      return new GroupView(
          status != JobStatus.FAILED,
          groupId,
          status,
          ignored.isEmpty() ? null : ignored,
          jobs,
          new GroupLinks(self, status.isTerminal() ? null : self));
    }

    private static JobStatus status(List<JobView> jobs) {
      var statuses = jobs.stream().map(JobView::status).distinct().toList();
      if (statuses.size() == 1) {
        return statuses.getFirst();
      }
      return statuses.stream().allMatch(JobStatus::isTerminal)
          ? JobStatus.FAILED
          : JobStatus.PROCESSING;
    }
  }

  /**
   * Where a client goes on with a group.
   *
   * @param cancel open groups only; for DELETE
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record GroupLinks(String self, @Nullable String cancel) {}

  /**
   * The reply to a request whose jobs were just accepted. An outage now does not turn it into an
   * error.
   */
  ResponseEntity<Object> toFirst(
      List<DueJob> accepted, Optional<PreferWait> wait, Submission submission, ReplyLinks links) {
    var ids = accepted.stream().map(job -> job.message().requestId()).toList();
    return wait.flatMap(preference ->
            ofJobs.afterWaiting(
                ids,
                preference,
                () ->
                    Optional.of(ledger.findGroupForSubmitter(ids.getFirst(), Visibility.ALL))
                        .filter(jobs -> !jobs.isEmpty())))
        .map(jobs -> asFarAsItIs(jobs, submission.ignored(), links))
        .orElseGet(() ->
            reply(
                HttpStatus.ACCEPTED,
                GroupView.of(
                    ids.getFirst(),
                    views.accepted(accepted, submission, links),
                    submission.ignored(),
                    links)));
  }

  /** The reply to a repeated request; without a wait it is 202, as it was for the first. */
  ResponseEntity<Object> toRepeated(
      RequestId group, Optional<PreferWait> wait, List<String> ignored, ReplyLinks links) {
    // the key was found among those of its owner
    var jobs = current(group, Visibility.ALL, wait);
    if (jobs.isEmpty()) {
      throw new TransientDataAccessResourceException("the group was deleted in the meantime");
    }
    return wait.isPresent()
        ? asFarAsItIs(jobs, ignored, links)
        : reply(HttpStatus.ACCEPTED, view(jobs, ignored, links));
  }

  /**
   * The reply to a request to cancel.
   *
   * @param visible to whoever cancels
   * @param wait for the end
   */
  ResponseEntity<Object> toCancelled(
      RequestId group, Visibility visible, Optional<PreferWait> wait, ReplyLinks links) {
    var jobs = current(group, visible, wait);
    return jobs.isEmpty() ? noSuchGroup() : asFarAsItIs(jobs, List.of(), links);
  }

  /** The reply to a question. */
  ResponseEntity<Object> asItStands(List<Job> jobs, ReplyLinks links) {
    return reply(HttpStatus.OK, view(jobs, List.of(), links));
  }

  static ResponseEntity<Object> noSuchGroup() {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "No such group. The id is the groupId in the reply to POST /api/generate with a count.")
        .answer();
  }

  private List<Job> current(RequestId group, Visibility visible, Optional<PreferWait> wait) {
    var jobs = ledger.findGroupForSubmitter(group, visible);
    if (wait.isEmpty() || jobs.stream().allMatch(job -> job.status().isTerminal())) {
      return jobs;
    }
    waiter.awaitAll(jobs.stream().map(Job::requestId).toList(), wait.get().duration());
    return ledger.findGroupForSubmitter(group, visible);
  }

  private ResponseEntity<Object> asFarAsItIs(
      List<Job> jobs, List<String> ignored, ReplyLinks links) {
    var view = view(jobs, ignored, links);
    return reply(view.status().isTerminal() ? HttpStatus.OK : HttpStatus.ACCEPTED, view);
  }

  private GroupView view(List<Job> jobs, List<String> ignored, ReplyLinks links) {
    var first = jobs.getFirst();
    var id = Objects.requireNonNullElse(first.groupId(), first.requestId());
    return GroupView.of(
        id, jobs.stream().map(job -> views.of(job, List.of(), links)).toList(), ignored, links);
  }

  private ResponseEntity<Object> reply(HttpStatus status, GroupView view) {
    return ofJobs.reply(status, view.links().self(), view);
  }
}
