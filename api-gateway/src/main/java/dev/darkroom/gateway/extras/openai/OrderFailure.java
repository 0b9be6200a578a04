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
    var code = FailureCode.of(error.code());
    var sentence = error.message() + others(jobs, urls);
    var problem =
        code.map(known -> problem(known, sentence))
            .orElseGet(() -> failure(HttpStatus.INTERNAL_SERVER_ERROR, sentence, error.code()));
    var free =
        jobs.stream()
            .allMatch(job ->
                job.status() == JobStatus.FAILED && job.billing().billed() == BillingState.NO);
    var worth = repeatable && free && code.filter(FailureCode::passes).isPresent();
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

  /** With the status for which client libraries have the right exception. */
  private static Problem problem(FailureCode code, String sentence) {
    return switch (code) {
      case CONTENT_REFUSED ->
          failure(HttpStatus.BAD_REQUEST, sentence, "content_policy_violation")
              .with("param", "prompt");
      case REJECTED -> failure(HttpStatus.BAD_REQUEST, sentence, code.word());
      case CANCELLED -> failure(HttpStatus.CONFLICT, sentence, code.word());
      default ->
          code.passes()
              ? Problem.unavailable(sentence, OUTAGE_OVER).with("code", code.word())
              : failure(HttpStatus.INTERNAL_SERVER_ERROR, sentence, code.word());
    };
  }

  private static Problem failure(HttpStatus status, String sentence, String code) {
    return Problem.of(status, sentence).with("code", code);
  }
}
