package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.submit.admit.AdmissionProblems;
import dev.darkroom.gateway.submit.admit.DeadlineAdmission;
import dev.darkroom.gateway.submit.admit.QueueLimits;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Makes a job of a valid submission, and replies at once or when the job has ended. */
@Component
final class SubmissionHandler {
  private final JobSubmitter jobSubmitter;
  private final SubmitResponses responses;
  private final WaitLimiter waits;
  private final QueueLimits limits;
  private final DeadlineAdmission deadlines;
  private final AdmissionProblems problems;
  private final RefusalLog refusals;

  SubmissionHandler(
      JobSubmitter jobSubmitter,
      SubmitResponses responses,
      WaitLimiter waits,
      QueueLimits limits,
      DeadlineAdmission deadlines,
      AdmissionProblems problems,
      RefusalLog refusals) {
    this.limits = limits;
    this.deadlines = deadlines;
    this.problems = problems;
    this.jobSubmitter = jobSubmitter;
    this.responses = responses;
    this.waits = waits;
    this.refusals = refusals;
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
    var requestId = jobSubmitter.mintId();
    if (key.isEmpty()) { // otherwise the job may be that of an earlier request
      ReplyId.isOf(requestId, request, response);
    }
    var trace =
        Optional.ofNullable(request.getHeader(TraceParent.HEADER)).flatMap(TraceParent::parse);
    var terms = limits.terms(Caller.of(request), submission.priority());
    var line = owner.isEmpty() ? submission.userId() : owner;
    var late = deadlines.latenessOf(line, terms, submission.deadline());
    if (late.isPresent() && key.isEmpty()) {
      return problems.late(late.get(), submission.deadline()).answer();
    }
    Acceptance acceptance;
    try { // a late job is not accepted either, but its key may stand for an earlier one
      acceptance =
          jobSubmitter.submit(
              requestId, submission, owner, key, trace, late.isEmpty() ? terms : terms.closed());
    } catch (RuntimeException e) {
      var outage = LedgerOutage.behind(e).orElseThrow(() -> e);
      refusals.count(outage.code().word());
      return outage.problemOfSubmission(requestId, key.isPresent()).answer();
    }
    return switch (acceptance) {
      case Acceptance.Accepted(var job, var dispatched) -> {
        if (!dispatched) {
          deadlines.putInLine(line, terms);
        }
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
      case Acceptance.Refused(var full) ->
          late.map(lateness -> problems.late(lateness, submission.deadline()))
              .orElseGet(() -> problems.full(full, terms))
              .answer();
      case Acceptance.KeyReused _ -> IdempotencyKeyHeader.reused().answer();
    };
  }
}
