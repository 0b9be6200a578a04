package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.submit.admit.AdmissionProblems;
import dev.darkroom.gateway.submit.admit.DeadlineAdmission;
import dev.darkroom.gateway.submit.admit.QueueLimits;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Decides whether a valid submission is accepted, and makes it durable. How the reply looks is up
 * to whoever asks.
 */
@Component
public final class JobAdmission {
  private final JobSubmitter jobSubmitter;
  private final QueueLimits limits;
  private final DeadlineAdmission deadlines;
  private final AdmissionProblems problems;
  private final RefusalLog refusals;

  JobAdmission(
      JobSubmitter jobSubmitter,
      QueueLimits limits,
      DeadlineAdmission deadlines,
      AdmissionProblems problems,
      RefusalLog refusals) {
    this.jobSubmitter = jobSubmitter;
    this.limits = limits;
    this.deadlines = deadlines;
    this.problems = problems;
    this.refusals = refusals;
  }

  /**
   * Accepts the submission, or says why not. The reply then has the job's id as its {@code
   * X-Request-Id}, also where nobody knows whether the job was accepted.
   *
   * @param owner whom the job will belong to
   * @param key that makes repetitions of this submission one job
   */
  public Admission admit(
      Submission submission,
      String owner,
      Optional<String> key,
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
      return new Admission.NotAdmitted(problems.late(late.get(), submission.deadline()));
    }
    Acceptance acceptance;
    try { // a late job is not accepted either, but its key may stand for an earlier one
      acceptance =
          jobSubmitter.submit(
              requestId, submission, owner, key, trace, late.isEmpty() ? terms : terms.closed());
    } catch (RuntimeException e) {
      var outage = LedgerOutage.behind(e).orElseThrow(() -> e);
      refusals.count(outage.code().word());
      return new Admission.NotAdmitted(outage.problemOfSubmission(requestId, key.isPresent()));
    }
    return switch (acceptance) {
      case Acceptance.Accepted(var job, var dispatched) -> {
        if (!dispatched) {
          deadlines.putInLine(line, terms);
        }
        ReplyId.isOf(requestId, request, response);
        yield new Admission.NewJobs(List.of(job));
      }
      case Acceptance.Replayed(var first) -> {
        ReplyId.isOf(first, request, response);
        yield new Admission.EarlierJob(first);
      }
      case Acceptance.Refused(var full) ->
          new Admission.NotAdmitted(
              late.map(lateness -> problems.late(lateness, submission.deadline()))
                  .orElseGet(() -> problems.full(full, terms)));
      case Acceptance.KeyReused _ -> new Admission.NotAdmitted(keyReused());
    };
  }

  private static Problem keyReused() {
    return Problem.of(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "This Idempotency-Key was sent with a different request. Repeat that request, or use a"
                + " new key.")
        .code(ProblemCode.KEY_REUSED);
  }
}
