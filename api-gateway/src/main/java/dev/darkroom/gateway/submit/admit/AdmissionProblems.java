package dev.darkroom.gateway.submit.admit;

import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.submit.admit.DeadlineAdmission.Lateness;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.FullQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** The replies to jobs that were not accepted. Nothing was written of any of them. */
@Component
public final class AdmissionProblems {
  private static final Duration SOME_END_SOON = Duration.ofSeconds(5);

  private final Clock clock;
  private final RefusalLog refusals;

  AdmissionProblems(Clock clock, RefusalLog refusals) {
    this.clock = clock;
    this.refusals = refusals;
  }

  /** The job can't be done by its deadline. */
  public Problem late(Lateness lateness, Duration deadline) {
    return counted(
            ProblemCode.DEADLINE_UNREACHABLE,
            Problem.unavailable(
                "The job can't be done within %d seconds; its picture is expected in about %d. Give a later deadlineSeconds, or try again later."
                    .formatted(deadline.toSeconds(), lateness.expected().toSeconds()),
                lateness.retryAfter()))
        .with(
            "expectedAt", clock.instant().plus(lateness.expected()).truncatedTo(ChronoUnit.SECONDS))
        .with("expectedSeconds", lateness.expected().toSeconds());
  }

  /**
   * There is no room for the job, or for all jobs of a group.
   *
   * @param terms with the limit that was reached
   * @param jobs that were to be accepted together
   */
  public Problem full(FullQueue full, JobTerms terms, int jobs) {
    var limits = Objects.requireNonNull(terms.limits(), "a job without limits is accepted");
    return switch (full) {
      case LINE ->
          counted(
              ProblemCode.TOO_MANY_OPEN_JOBS,
              Problem.tooMany(
                  jobs == 1
                      ? "You have %d open jobs, which is the limit. Wait until some of them end."
                          .formatted(limits.openOfLine())
                      : "You may have %d open jobs, and %d more do not fit. Wait until some of them end, or ask for fewer pictures."
                          .formatted(limits.openOfLine(), jobs),
                  SOME_END_SOON));
      case DAY -> {
        var midnight =
            clock.instant().atOffset(ZoneOffset.UTC).toLocalDate().plusDays(1).atStartOfDay();
        var resetsAt = midnight.toInstant(ZoneOffset.UTC);
        var most = Objects.requireNonNull(limits.day()).jobs();
        yield counted(
                ProblemCode.TOO_MANY_JOBS_TODAY,
                Problem.tooMany(
                    jobs == 1
                        ? "This key has submitted the %d jobs that it may submit today (UTC)."
                            .formatted(most)
                        : "This key may submit %d jobs a day (UTC), and %d more do not fit today. Ask for fewer pictures."
                            .formatted(most, jobs),
                    Duration.between(clock.instant(), resetsAt)))
            .with("resetsAt", resetsAt);
      }
      case ALL, CLOSED ->
          counted(
              ProblemCode.QUEUE_FULL,
              Problem.unavailable("The queue is full. Try again in a few seconds.", SOME_END_SOON));
    };
  }

  private Problem counted(ProblemCode code, Problem problem) {
    refusals.count(code.word());
    return problem.code(code);
  }
}
