package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Makes a job of a valid submission, and replies at once or when the job has ended. */
@Component
final class SubmissionHandler {
  private final JobSubmitter jobSubmitter;
  private final SubmitResponses responses;
  private final WaitLimiter waits;
  private final RefusalLog refusals;

  SubmissionHandler(
      JobSubmitter jobSubmitter,
      SubmitResponses responses,
      WaitLimiter waits,
      RefusalLog refusals) {
    this.jobSubmitter = jobSubmitter;
    this.responses = responses;
    this.waits = waits;
    this.refusals = refusals;
  }

  /**
   * The reply, as a {@code Callable} where the client waits, so that it holds no thread of the
   * server.
   *
   * @param key that makes repetitions of this submission one job
   */
  Object handle(
      Submission submission,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response) {
    var wait = responses.preferredWait(request);
    if (wait.isEmpty()) {
      return accept(submission, key, wait, request, response);
    }
    Callable<ResponseEntity<Object>> waiting =
        () -> waits.limit(request, () -> accept(submission, key, wait, request, response));
    return waiting;
  }

  private ResponseEntity<Object> accept(
      Submission submission,
      Optional<String> key,
      Optional<PreferWait> wait,
      HttpServletRequest request,
      HttpServletResponse response) {
    var requestId = jobSubmitter.mintId();
    if (key.isEmpty()) { // otherwise the job may be that of an earlier request
      ReplyId.isOf(requestId, request, response);
    }
    var trace =
        Optional.ofNullable(request.getHeader(TraceParent.HEADER)).flatMap(TraceParent::parse);
    Acceptance acceptance;
    try {
      acceptance = jobSubmitter.submit(requestId, submission, key, trace);
    } catch (RuntimeException e) {
      var outage = LedgerOutage.behind(e).orElseThrow(() -> e);
      refusals.count(outage.code().word());
      return outage.problemOfSubmission(requestId, key.isPresent()).answer();
    }
    return switch (acceptance) {
      case Acceptance.Accepted(var job, _) -> {
        ReplyId.isOf(requestId, request, response);
        var reply = responses.toFirst(job, wait, submission, ReplyLinks.of(request));
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        yield reply;
      }
      case Acceptance.Replayed(var first) -> {
        ReplyId.isOf(first, request, response);
        var reply = responses.toRepeated(first, wait, submission.ignored(), ReplyLinks.of(request));
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        response.setHeader(IdempotencyKeyHeader.REPLAYED, "true");
        yield reply;
      }
      case Acceptance.KeyReused _ ->
          Problem.of(
                  HttpStatus.UNPROCESSABLE_CONTENT,
                  "This Idempotency-Key was sent with a different request. Repeat that request, or use a new key.")
              .code(ProblemCode.KEY_REUSED)
              .answer();
    };
  }
}
