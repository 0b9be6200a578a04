package dev.darkroom.gateway.submit;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Submits jobs and shows them. */
@RestController
class GenerationController {
  private final CallerRates rates;
  private final SubmissionParser submissions;
  private final SubmissionHandler handler;
  private final JobQueries ledger;
  private final JobViewMapper views;

  GenerationController(
      CallerRates rates,
      SubmissionParser submissions,
      SubmissionHandler handler,
      JobQueries ledger,
      JobViewMapper views) {
    this.rates = rates;
    this.submissions = submissions;
    this.handler = handler;
    this.ledger = ledger;
    this.views = views;
  }

  @PostMapping(
      path = "/api/generate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object submit(HttpServletRequest request, HttpServletResponse response) {
    var tooFast = rates.refusalOfSubmission(request, response);
    if (tooFast != null) {
      return tooFast.answer();
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) -> submit(submissions.parse(text), request, response);
    };
  }

  private Object submit(
      Parsed<Submission> parsed, HttpServletRequest request, HttpServletResponse response) {
    var key = IdempotencyKeyHeader.of(request);
    return switch (parsed) {
      case Parsed.BadFields<Submission>(var errors) ->
          Problem.badFields(Stream.concat(errors.stream(), key.errors().stream()).toList())
              .answer();
      case Parsed.Success<Submission> _ when !key.errors().isEmpty() ->
          Problem.badFields(key.errors()).answer();
      case Parsed.Success<Submission>(var submission) ->
          handler.handle(submission, Caller.of(request).owner(), key.key(), request, response);
    };
  }

  @GetMapping("/api/generate/{requestId}")
  ResponseEntity<Object> ask(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var links = ReplyLinks.of(request);
    return replyAbout(requestId, request, response, job -> views.withQueue(job, links));
  }

  /** Fresh links, for whoever has some that are about to end. */
  @GetMapping("/api/generate/{requestId}/link")
  ResponseEntity<Object> links(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var links = ReplyLinks.of(request);
    return replyAbout(
        requestId,
        request,
        response,
        job -> {
          var view = views.of(job, List.of(), links);
          return new JobLinkView(
              view.imageUrl(), view.links().events(), links.expiry().orElse(null));
        });
  }

  private ResponseEntity<Object> replyAbout(
      String requestId,
      HttpServletRequest request,
      HttpServletResponse response,
      Function<Job, Object> body) {
    var visible = Caller.of(request).sees();
    var job = RequestId.parse(requestId).flatMap(id -> ledger.find(id, visible));
    if (job.isEmpty()) {
      return SubmitResponses.noSuchJob();
    }
    ReplyId.isOf(job.get().requestId(), request, response);
    return JsonReply.of(HttpStatus.OK, body.apply(job.get()));
  }

  /**
   * What can be fetched without credentials.
   *
   * @param imageUrl completed jobs only, for as long as the picture is kept
   * @param expiresAt absent where access is open
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record JobLinkView(
      @Nullable String imageUrl,
      String events,
      @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ssX", timezone = "UTC")
          @Nullable Instant expiresAt) {}
}
