package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.gateway.submit.admit.AdmissionProblems;
import dev.darkroom.gateway.submit.admit.DeadlineAdmission;
import dev.darkroom.gateway.submit.admit.QueueLimits;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Decides whether a valid submission is accepted, and makes it durable. How the reply looks is up
 * to whoever asks.
 */
@Component
public final class JobAdmission {
  private final JobSubmitter jobSubmitter;
  private final CallerRates rates;
  private final QueueLimits limits;
  private final DeadlineAdmission deadlines;
  private final AdmissionProblems problems;
  private final RefusalLog refusals;

  JobAdmission(
      JobSubmitter jobSubmitter,
      CallerRates rates,
      QueueLimits limits,
      DeadlineAdmission deadlines,
      AdmissionProblems problems,
      RefusalLog refusals) {
    this.jobSubmitter = jobSubmitter;
    this.rates = rates;
    this.limits = limits;
    this.deadlines = deadlines;
    this.problems = problems;
    this.refusals = refusals;
  }

  /** What became of a submission. */
  public sealed interface Admission {
    /**
     * It is durable: from now on these jobs are guaranteed to end.
     *
     * @param jobs one for each picture, in the order of their seeds; a group has the id of the
     *     first
     */
    record NewJobs(List<DueJob> jobs) implements Admission {}

    /**
     * Its idempotency key stands for this job, or the group of this id, which asks for the same.
     */
    record EarlierJob(RequestId first) implements Admission {}

    /** Nothing was accepted, except perhaps where the ledger did not answer. */
    record NotAdmitted(Problem problem) implements Admission {}
  }

  /**
   * Accepts the submission, or says why not; of a group all jobs or none. The reply then has the id
   * of the first job as its {@code X-Request-Id}, also where nobody knows whether it was accepted.
   * The caller has counted the request; the other pictures of a group are counted here.
   *
   * @param owner whom the jobs will belong to
   * @param key that makes repetitions of this submission one job, or one group
   */
  public Admission admit(
      Submission submission,
      String owner,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response) {
    var count = submission.count();
    if (count > 1) {
      var tooFast = rates.refusalOfMore(count - 1, request, response);
      if (tooFast != null) {
        return new Admission.NotAdmitted(tooFast);
      }
    }
    var requestId = jobSubmitter.mintId();
    if (key.isEmpty()) { // otherwise the job may be that of an earlier request
      ReplyId.isOf(requestId, request, response);
    }
    var trace =
        Optional.ofNullable(request.getHeader(TraceParent.HEADER)).flatMap(TraceParent::parse);
    var terms = limits.terms(Caller.of(request), submission.priority());
    var line = owner.isEmpty() ? submission.userId() : owner;
    var late = deadlines.latenessOf(line, terms, count, submission.deadline());
    if (late.isPresent() && key.isEmpty()) {
      return new Admission.NotAdmitted(problems.late(late.get(), submission.deadline()));
    }
    List<Acceptance> acceptances;
    try { // a late job is not accepted either, but its key may stand for an earlier one
      acceptances =
          jobSubmitter.submit(
              requestId, submission, owner, key, trace, late.isEmpty() ? terms : terms.closed());
    } catch (RuntimeException e) {
      var outage = LedgerOutage.behind(e).orElseThrow(() -> e);
      refusals.count(outage.code().word());
      return new Admission.NotAdmitted(outage.problemOfSubmission(requestId, key.isPresent()));
    }
    return switch (acceptances.getFirst()) {
      case Acceptance.Accepted _ -> {
        ReplyId.isOf(requestId, request, response);
        yield new Admission.NewJobs(accepted(acceptances, line, terms));
      }
      case Acceptance.Replayed(var first) -> {
        ReplyId.isOf(first, request, response);
        yield new Admission.EarlierJob(first);
      }
      case Acceptance.Refused(var full) ->
          new Admission.NotAdmitted(
              late.map(lateness -> problems.late(lateness, submission.deadline()))
                  .orElseGet(() -> problems.full(full, terms, count)));
      case Acceptance.KeyReused _ -> new Admission.NotAdmitted(IdempotencyKeyHeader.reused());
    };
  }

  private List<DueJob> accepted(List<Acceptance> acceptances, String line, JobTerms terms) {
    var jobs = new ArrayList<DueJob>();
    for (var acceptance : acceptances) {
      if (acceptance instanceof Acceptance.Accepted(var job, var dispatched)) {
        jobs.add(job);
        if (!dispatched) {
          deadlines.putInLine(line, terms);
        }
      }
    }
    return jobs;
  }
}
