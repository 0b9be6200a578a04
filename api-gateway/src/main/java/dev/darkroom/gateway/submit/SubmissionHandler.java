package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.wait.WaitLimiter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Makes a job of a valid submission, and replies at once or when the job has ended. */
@Component
final class SubmissionHandler {
  private final JobAdmission admission;
  private final SubmitResponses responses;
  private final WaitLimiter waits;

  SubmissionHandler(JobAdmission admission, SubmitResponses responses, WaitLimiter waits) {
    this.admission = admission;
    this.responses = responses;
    this.waits = waits;
  }

  /**
   * The reply, as a {@code Callable} where the client waits, so that it holds no thread of the
   * server.
   *
   * @param owner whom the job will belong to
   * @param key that makes repetitions of this submission one job
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
    return switch (admission.admit(submission, owner, key, request, response)) {
      case Admission.NewJobs(var jobs) -> {
        var reply =
            responses.toFirst(jobs.getFirst(), wait, submission, ReplyLinks.of(request));
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        yield reply;
      }
      case Admission.EarlierJob(var first) -> {
        var reply = responses.toRepeated(first, wait, submission.ignored(), ReplyLinks.of(request));
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        response.setHeader(IdempotencyKeyHeader.REPLAYED, "true");
        yield reply;
      }
      case Admission.NotAdmitted(var problem) -> problem.answer();
    };
  }
}
