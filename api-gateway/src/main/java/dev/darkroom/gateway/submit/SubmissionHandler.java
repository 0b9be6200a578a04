package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.submit.JobAdmission.Admission;
import dev.darkroom.gateway.wait.WaitLimiter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Makes a job or a group of a valid submission, and replies at once or when all of it has ended.
 */
@Component
final class SubmissionHandler {
  private final JobAdmission admission;
  private final SubmitResponses responses;
  private final GroupResponses groups;
  private final WaitLimiter waits;

  SubmissionHandler(
      JobAdmission admission, SubmitResponses responses, GroupResponses groups, WaitLimiter waits) {
    this.admission = admission;
    this.responses = responses;
    this.groups = groups;
    this.waits = waits;
  }

  /**
   * The reply, as a {@code Callable} where the client waits, so that it holds no thread of the
   * server.
   *
   * @param owner whom the jobs will belong to
   * @param key that makes repetitions of this submission one job, or one group
   */
  Object handle(
      Submission submission,
      String owner,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response) {
    var wait = responses.preferredWait(request);
    if (wait.isEmpty()) {
      return accept(submission, owner, key, wait, request, response);
    }
    Callable<ResponseEntity<Object>> waiting =
        () -> waits.limit(request, () -> accept(submission, owner, key, wait, request, response));
    return waiting;
  }

  private ResponseEntity<Object> accept(
      Submission submission,
      String owner,
      Optional<String> key,
      Optional<PreferWait> wait,
      HttpServletRequest request,
      HttpServletResponse response) {
    var links = ReplyLinks.of(request);
    var isGroup = submission.count() > 1;
    return switch (admission.admit(submission, owner, key, request, response)) {
      case Admission.NewJobs(var jobs) -> {
        var reply =
            isGroup
                ? groups.toFirst(jobs, wait, submission, links)
                : responses.toFirst(jobs.getFirst(), wait, submission, links);
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        yield reply;
      }
      case Admission.EarlierJob(var first) -> {
        var reply =
            isGroup
                ? groups.toRepeated(first, wait, submission.ignored(), links)
                : responses.toRepeated(first, wait, submission.ignored(), links);
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        response.setHeader(IdempotencyKeyHeader.REPLAYED, "true");
        yield reply;
      }
      case Admission.NotAdmitted(var problem) -> problem.answer();
    };
  }
}
