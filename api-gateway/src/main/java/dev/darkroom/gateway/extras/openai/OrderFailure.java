package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.http.OpenAiError;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.jobs.Billing.BillingState;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/**
 * The reply about ended jobs of which at least one has no picture.
 *
 * @param worthRepeating whether the same request may succeed without paying for anything twice
 */
record OrderFailure(Problem problem, boolean worthRepeating) {
  private static final Duration OUTAGE_OVER = Duration.ofSeconds(30);

  /**
   * Says what is missing, what is there, and what may have been paid for.
   *
   * @param repeatable whether a repetition makes new jobs
   */
  static OrderFailure of(List<Job> jobs, PictureUrls urls, boolean repeatable) {
    var failed = jobs.stream().filter(job -> job.status() == JobStatus.FAILED).findFirst();
    if (failed.isEmpty()) {
      return new OrderFailure(removed(), false);
    }
    var error = Objects.requireNonNull(failed.get().error(), "a failed job has an error");
    var problem = problem(error.code(), error.message() + others(jobs, urls));
    var free =
        jobs.stream()
            .allMatch(job ->
                job.status() == JobStatus.FAILED && job.billing().billed() == BillingState.NO);
    var worth = repeatable && free && isOutage(problem);
    return new OrderFailure(
        worth ? problem : problem.header(OpenAiError.SHOULD_RETRY, "false"), worth);
  }

  private static Problem removed() {
    return Problem.of(HttpStatus.NOT_FOUND, "The picture was made, and is kept no longer.")
        .with("code", "picture_removed");
  }

  private static String others(List<Job> jobs, PictureUrls urls) {
    if (jobs.size() == 1) {
      return "";
    }
    var failed = jobs.stream().filter(job -> job.status() == JobStatus.FAILED).count();
    var made =
        jobs.stream()
            .flatMap(job -> Optional.ofNullable(job.picture()).stream())
            .map(PictureRecord::url)
            .map(urls::of)
            .collect(Collectors.joining(", "));
    var billed =
        jobs.stream()
            .collect(Collectors.groupingBy(job -> job.billing().billed(), Collectors.counting()));
    return " That is so of %d of %d pictures. Made: %s. Billed: %d yes, %d unknown."
        .formatted(
            failed,
            jobs.size(),
            made.isEmpty() ? "none" : made,
            billed.getOrDefault(BillingState.YES, 0L),
            billed.getOrDefault(BillingState.UNKNOWN, 0L));
  }

  private static boolean isOutage(Problem problem) {
    return problem.detail().getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value();
  }

  private static Problem problem(String code, String sentence) {
    return FailureCode.of(code)
        .map(known -> problem(known, sentence))
        .orElseGet(() -> Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, sentence).with("code", code));
  }

  /** With the status for which client libraries have the right exception. */
  private static Problem problem(FailureCode code, String sentence) {
    return switch (code) {
      case CONTENT_REFUSED ->
          Problem.of(HttpStatus.BAD_REQUEST, sentence)
              .with("code", "content_policy_violation")
              .with("param", "prompt");
      case REJECTED -> Problem.of(HttpStatus.BAD_REQUEST, sentence).with("code", code.word());
      case CANCELLED -> Problem.of(HttpStatus.CONFLICT, sentence).with("code", code.word());
      case PROVIDER_UNAVAILABLE, RATE_LIMITED, DEADLINE_EXCEEDED, MISCONFIGURED ->
          Problem.unavailable(sentence, OUTAGE_OVER).with("code", code.word());
      case ACCESS_REFUSED,
          UNUSABLE_PICTURE,
          ASYNCHRONOUS_ANSWER,
          BAD_REPLY,
          OUTCOME_UNKNOWN,
          PICTURE_NOT_STORED,
          RECORD_TOO_LARGE,
          WITHDRAWN ->
          Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, sentence).with("code", code.word());
    };
  }
}
