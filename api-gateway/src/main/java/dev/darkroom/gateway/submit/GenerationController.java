package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.NewJob.Acceptance;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
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
  private final SubmissionParser submissions;
  private final JobSubmitter jobSubmitter;
  private final SubmitResponses responses;
  private final JobQueries ledger;
  private final JobViewMapper views;
  private final WaitLimiter waits;
  private final RefusalLog refusals;

  GenerationController(
      SubmissionParser submissions,
      JobSubmitter jobSubmitter,
      SubmitResponses responses,
      JobQueries ledger,
      JobViewMapper views,
      WaitLimiter waits,
      RefusalLog refusals) {
    this.submissions = submissions;
    this.jobSubmitter = jobSubmitter;
    this.responses = responses;
    this.ledger = ledger;
    this.views = views;
    this.waits = waits;
    this.refusals = refusals;
  }

  /** A {@code Callable} where the client waits, so that it holds no thread of the server. */
  @PostMapping(
      path = "/api/generate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object submit(HttpServletRequest request, HttpServletResponse response) {
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) -> submit(submissions.parse(text), request, response);
    };
  }

  private Object submit(
      Parsed<Submission> parsed, HttpServletRequest request, HttpServletResponse response) {
    var key =
        IdempotencyKeyHeader.in(Collections.list(request.getHeaders(IdempotencyKeyHeader.NAME)));
    return switch (parsed) {
      case Parsed.BadFields<Submission>(var errors) ->
          Problem.badFields(Stream.concat(errors.stream(), key.errors().stream()).toList())
              .answer();
      case Parsed.Success<Submission> _ when !key.errors().isEmpty() ->
          Problem.badFields(key.errors()).answer();
      case Parsed.Success<Submission>(var submission) -> {
        var wait = responses.preferredWait(request);
        if (wait.isEmpty()) {
          yield accept(submission, key.key(), wait, request, response);
        }
        Callable<ResponseEntity<Object>> waiting =
            () ->
                waits.limit(request, () -> accept(submission, key.key(), wait, request, response));
        yield waiting;
      }
    };
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
        var reply = responses.toFirst(job, wait, submission.ignored());
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        yield reply;
      }
      case Acceptance.Replayed(var first) -> {
        ReplyId.isOf(first, request, response);
        var reply = responses.toRepeated(first, wait, submission.ignored());
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

  @GetMapping("/api/generate/{requestId}")
  ResponseEntity<Object> ask(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var job = RequestId.parse(requestId).flatMap(ledger::find);
    if (job.isEmpty()) {
      return Problem.of(
              HttpStatus.NOT_FOUND,
              "No such job. The id is the requestId in the reply to POST /api/generate.")
          .answer();
    }
    ReplyId.isOf(job.get().requestId(), request, response);
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .body(views.withQueue(job.get()));
  }
}
