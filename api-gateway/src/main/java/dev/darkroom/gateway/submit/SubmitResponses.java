package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.wait.CompletionWaiter;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.FailureCode;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Replies to a submission: at once, or when the job has ended if the client prefers to wait. */
@Component
final class SubmitResponses {
  private static final Duration OUTAGE_OVER = Duration.ofSeconds(30);

  private final CompletionWaiter waiter;
  private final JobQueries ledger;
  private final JobViewMapper views;
  private final JsonMapper json;

  SubmitResponses(
      CompletionWaiter waiter, JobQueries ledger, JobViewMapper views, JsonMapper json) {
    this.waiter = waiter;
    this.ledger = ledger;
    this.views = views;
    this.json = json;
  }

  /** The wait that a request gets, if it prefers one. */
  Optional<PreferWait> preferredWait(HttpServletRequest request) {
    return PreferWait.in(
        Collections.list(request.getHeaders(PreferWait.HEADER)), waiter.longestWait());
  }

  /**
   * The reply to a request whose job was just accepted. An outage now does not turn it into an
   * error.
   *
   * @param submission what the job was made of
   */
  ResponseEntity<Object> toFirst(
      DueJob accepted, Optional<PreferWait> wait, Submission submission, ReplyLinks links) {
    var ignored = submission.ignored();
    var id = accepted.message().requestId();
    return wait.flatMap(preference ->
            afterWaiting(
                List.of(id), preference, () -> ledger.findForSubmitter(id, Visibility.ALL)))
        .map(job ->
            asItStands(job, ignored, sentence -> Problem.unavailable(sentence, OUTAGE_OVER), links))
        .orElseGet(() -> reply(HttpStatus.ACCEPTED, views.accepted(accepted, submission, links)));
  }

  static ResponseEntity<Object> noSuchJob() {
    return Problem.of(
            HttpStatus.NOT_FOUND,
            "No such job. The id is the requestId in the reply to POST /api/generate.")
        .answer();
  }

  /**
   * The reply to a request to cancel: 200 with the job if it has ended, however, 202 while its
   * worker has not cut the call yet.
   *
   * @param visible to whoever cancels
   * @param wait for the end
   */
  ResponseEntity<Object> toCancelled(
      RequestId requestId, Visibility visible, Optional<PreferWait> wait, ReplyLinks links) {
    wait.ifPresent(preference -> waiter.await(requestId, preference.duration()));
    return ledger
        .findForSubmitter(requestId, visible)
        .map(job ->
            reply(
                job.status().isTerminal() ? HttpStatus.OK : HttpStatus.ACCEPTED,
                views.withQueue(job, links)))
        .orElseGet(SubmitResponses::noSuchJob);
  }

  /**
   * What the ledger says when all of these jobs have ended or the wait is over; nothing in an
   * outage, which says nothing about jobs that were accepted.
   */
  <T> Optional<T> afterWaiting(
      List<RequestId> jobs, PreferWait wait, Supplier<Optional<T>> question) {
    waiter.awaitAll(jobs, wait.duration());
    try {
      return question.get();
    } catch (DataAccessException e) {
      if (LedgerOutage.isBehind(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The reply to a repeated request, as the first one would get it now. Without a wait it is 202
   * even if the job has ended, as it was for the first.
   */
  ResponseEntity<Object> toRepeated(
      RequestId first, Optional<PreferWait> wait, List<String> ignored, ReplyLinks links) {
    wait.ifPresent(preference -> waiter.await(first, preference.duration()));
    var job =
        ledger
            .findForSubmitter(first, Visibility.ALL) // the key was found among those of its owner
            .orElseThrow(() ->
                new TransientDataAccessResourceException("the job was deleted in the meantime"));
    return wait.isPresent()
        ? asItStands(job, ignored, SubmitResponses::takeAnotherKey, links)
        : reply(HttpStatus.ACCEPTED, views.of(job, ignored, links));
  }

  /** The key stands for this job, so a retry with it would get the same answer. */
  private static Problem takeAnotherKey(String sentence) {
    return Problem.unavailable(
        sentence + " This Idempotency-Key stands for the failed job; retry with a new key.",
        OUTAGE_OVER);
  }

  /**
   * @param outage the problem of a job that failed for an outage
   */
  private ResponseEntity<Object> asItStands(
      Job job, List<String> ignored, Function<String, Problem> outage, ReplyLinks links) {
    return switch (job.status()) {
      case STARTED, PROCESSING -> reply(HttpStatus.ACCEPTED, views.of(job, ignored, links));
      case COMPLETED -> reply(HttpStatus.OK, views.of(job, ignored, links));
      case FAILED -> problem(job, outage, links);
    };
  }

  private ResponseEntity<Object> reply(HttpStatus status, JobView view) {
    return reply(status, view.links().self(), view);
  }

  /** As bytes, whose length is known: otherwise even a short reply is chunked and compressed. */
  ResponseEntity<Object> reply(HttpStatus status, String self, Object view) {
    return ResponseEntity.status(status)
        .location(URI.create(self))
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header(HttpHeaders.VARY, PreferWait.HEADER)
        .body(json.writeValueAsBytes(view));
  }

  private static ResponseEntity<Object> problem(
      Job job, Function<String, Problem> outage, ReplyLinks links) {
    var error = Objects.requireNonNull(job.error(), "a failed job has an error");
    return FailureCode.of(error.code())
        .map(code -> problem(code, error.message(), outage))
        .orElseGet(() -> Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, error.message()))
        .about(job.requestId())
        .with("code", error.code())
        .header(HttpHeaders.LOCATION, JobLinks.toSelf(job.requestId(), links))
        .answer();
  }

  /**
   * Clients retry every 5xx. So what would be refused again is 422, and what says nothing about the
   * request, which may succeed later, is 503.
   */
  private static Problem problem(
      FailureCode code, String sentence, Function<String, Problem> outage) {
    return switch (code) {
      case CANCELLED -> Problem.of(HttpStatus.CONFLICT, sentence);
      case CONTENT_REFUSED -> Problem.of(HttpStatus.UNPROCESSABLE_CONTENT, sentence);
      default ->
          code.passes()
              ? outage.apply(sentence)
              : Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, sentence);
    };
  }
}
