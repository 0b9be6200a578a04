package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.BadField;
import dev.darkroom.gateway.http.CurrentRequest;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.submit.ReadBody.Body;
import dev.darkroom.gateway.submit.ReadSubmission.Reading;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.jobs.Acceptance;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Submitting a job and asking for it. */
@RestController
class GenerationApi {
  private final ReadSubmission readSubmission;
  private final JobSubmitter jobSubmitter;
  private final AnswerForJob answer;
  private final JobQueries ledger;
  private final ShowJob show;
  private final ShowPlace queue;
  private final WaitLimiter waits;

  GenerationApi(
      ReadSubmission readSubmission,
      JobSubmitter jobSubmitter,
      AnswerForJob answer,
      JobQueries ledger,
      ShowJob show,
      ShowPlace queue,
      WaitLimiter waits) {
    this.waits = waits;
    this.readSubmission = readSubmission;
    this.jobSubmitter = jobSubmitter;
    this.answer = answer;
    this.ledger = ledger;
    this.show = show;
    this.queue = queue;
  }

  @DocumentSubmit
  @PostMapping(
      path = "/api/generate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  ResponseEntity<Object> submit(HttpServletRequest request, HttpServletResponse response) {
    return switch (ReadBody.of(request)) {
      case Body.TooLarge _ -> Problem.of(HttpStatus.CONTENT_TOO_LARGE).answer();
      case Body.Encoded _ ->
          Problem.of(
                  HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                  "The body must be sent uncompressed, without Content-Encoding.")
              .header(HttpHeaders.ACCEPT_ENCODING, "identity")
              .answer();
      case Body.Broken _ -> badBody("broke off before its end");
      case Body.NotUtf8 _ -> badBody("must be encoded in UTF-8");
      case Body.Text(var text) ->
          submit(
              readSubmission.read(text),
              KeyHeader.in(Collections.list(request.getHeaders(KeyHeader.NAME))),
              request,
              response);
    };
  }

  private ResponseEntity<Object> submit(
      Reading reading, KeyHeader key, HttpServletRequest request, HttpServletResponse response) {
    return switch (reading) {
      case Reading.Bad(var errors) ->
          Problem.badFields(Stream.concat(errors.stream(), key.errors().stream()).toList())
              .answer();
      case Reading.Understood(var submission) ->
          key.errors().isEmpty()
              ? accept(submission, key.key(), request, response)
              : Problem.badFields(key.errors()).answer();
    };
  }

  private static ResponseEntity<Object> badBody(String message) {
    return Problem.badFields(List.of(new BadField("body", message))).answer();
  }

  private ResponseEntity<Object> accept(
      Submission submission,
      Optional<String> key,
      HttpServletRequest request,
      HttpServletResponse response) {
    var wait = PreferWait.in(Collections.list(request.getHeaders(PreferWait.HEADER)));
    return wait.isPresent()
        ? waits.limit(request, () -> accept(submission, key, wait, request, response))
        : accept(submission, key, wait, request, response);
  }

  private ResponseEntity<Object> accept(
      Submission submission,
      Optional<String> key,
      Optional<PreferWait> wait,
      HttpServletRequest request,
      HttpServletResponse response) {
    var requestId = jobSubmitter.mintId();
    if (key.isPresent()) {
      CurrentRequest.mayBeRepeated(request); // its job may be another one, of an earlier request
    } else {
      CurrentRequest.isAbout(request, requestId);
      ReplyId.isOf(requestId, response);
    }
    var trace =
        Optional.ofNullable(request.getHeader(TraceParent.HEADER)).flatMap(TraceParent::parse);
    var acceptance = jobSubmitter.submit(requestId, submission, key, trace);
    CurrentRequest.isDecided(request);
    return switch (acceptance) {
      case Acceptance.Accepted(var job, _) -> {
        ReplyId.isOf(requestId, response);
        yield answer.toFirst(job, wait, submission.ignored());
      }
      case Acceptance.Replayed(var first) -> {
        ReplyId.isOf(first, response);
        yield answer.toRepeated(first, wait, submission.ignored());
      }
      case Acceptance.KeyReused _ ->
          Problem.of(
                  HttpStatus.UNPROCESSABLE_CONTENT,
                  "This Idempotency-Key was sent with another request before; repeat that one as it was, or choose a new key.")
              .code(ProblemCode.KEY_REUSED)
              .answer();
    };
  }

  @DocumentAsk
  @GetMapping("/api/generate/{requestId}")
  ResponseEntity<Object> ask(@PathVariable String requestId, HttpServletResponse response) {
    return RequestId.parse(requestId)
        .flatMap(ledger::find)
        .map(job -> {
          ReplyId.isOf(job.requestId(), response);
          return ResponseEntity.ok()
              .contentType(MediaType.APPLICATION_JSON)
              .header(HttpHeaders.CACHE_CONTROL, "no-store")
              .<Object>body(show.of(job, queue.placeOf(job).orElse(null)));
        })
        .orElseGet(() ->
            Problem.of(
                    HttpStatus.NOT_FOUND,
                    "There is no job with this id; it is the requestId of the reply to POST /api/generate.")
                .answer());
  }
}
