package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.gateway.submit.JobReplayer.ReplayRequest;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Cancels jobs, and submits ended ones again. */
@RestController
class JobActionController {
  private final CallerRates rates;
  private final JobCanceller canceller;
  private final JobReplayer replayer;
  private final SubmissionParser submissions;
  private final SubmissionHandler handler;
  private final SubmitResponses responses;
  private final WaitLimiter waits;
  private final AuditStore audit;

  JobActionController(
      CallerRates rates,
      JobCanceller canceller,
      JobReplayer replayer,
      SubmissionParser submissions,
      SubmissionHandler handler,
      SubmitResponses responses,
      WaitLimiter waits,
      AuditStore audit) {
    this.rates = rates;
    this.canceller = canceller;
    this.replayer = replayer;
    this.submissions = submissions;
    this.handler = handler;
    this.responses = responses;
    this.waits = waits;
    this.audit = audit;
  }

  /** Idempotent: 200 with the job once it has ended, 202 while its call is being cut. */
  @DeleteMapping("/api/generate/{requestId}")
  Object cancel(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var job = RequestId.parse(requestId);
    if (job.isEmpty()) {
      return SubmitResponses.noSuchJob();
    }
    var wait = responses.preferredWait(request);
    var caller = Caller.of(request);
    var entry =
        AuditTrail.of(request, AuditAction.CANCEL, "job:" + job.get(), caller.owner(), Map.of());
    return switch (canceller.cancel(job.get(), caller.sees(), null, entry)) {
      case Cancellation.Requested _ when wait.isPresent() -> {
        // the wait alone may be refused
        Callable<ResponseEntity<Object>> waiting =
            () -> waits.limit(request, () -> cancelled(job.get(), wait, request, response));
        yield waiting;
      }
      case Cancellation.Requested _, Cancellation.Ended _, Cancellation.NotOpen _ -> {
        wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
        yield cancelled(job.get(), Optional.empty(), request, response);
      }
    };
  }

  private ResponseEntity<Object> cancelled(
      RequestId job,
      Optional<PreferWait> wait,
      HttpServletRequest request,
      HttpServletResponse response) {
    var reply = responses.toCancelled(job, Caller.of(request).sees(), wait, ReplyLinks.of(request));
    if (reply.getStatusCode().is2xxSuccessful()) {
      ReplyId.isOf(job, request, response);
      wait.ifPresent(applied -> response.setHeader(PreferWait.APPLIED, applied.value()));
    }
    return reply;
  }

  @PostMapping("/api/generate/{requestId}/replay")
  Object replay(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var tooFast = rates.refusalOfSubmission(request, response);
    if (tooFast != null) {
      return tooFast.answer();
    }
    var original = RequestId.parse(requestId);
    if (original.isEmpty()) {
      return SubmitResponses.noSuchJob();
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (changes(text)) {
            case Parsed.BadFields<JsonNode>(var errors) -> Problem.badFields(errors).answer();
            case Parsed.Success<JsonNode>(var changes) ->
                replay(original.get(), changes, request, response);
          };
    };
  }

  /** A body is optional. */
  private Parsed<JsonNode> changes(String text) {
    return text.isBlank()
        ? new Parsed.Success<>(JsonNodeFactory.instance.objectNode())
        : submissions.read(text);
  }

  private Object replay(
      RequestId original,
      JsonNode changes,
      HttpServletRequest request,
      HttpServletResponse response) {
    var key = IdempotencyKeyHeader.of(request);
    if (!key.errors().isEmpty()) {
      return Problem.badFields(key.errors()).answer();
    }
    return switch (replayer.replayOf(original, Caller.of(request).sees(), changes)) {
      case ReplayRequest.NoSuchJob _ -> SubmitResponses.noSuchJob();
      case ReplayRequest.StillOpen _ ->
          Problem.of(
                  HttpStatus.CONFLICT,
                  "The job has not ended. Wait for its end, or cancel it, before you replay it.")
              .about(original)
              .answer();
      case ReplayRequest.Erased _ ->
          Problem.of(
                  HttpStatus.CONFLICT,
                  "The content of this job was erased, so it can't be replayed. Submit a new one.")
              .about(original)
              .answer();
      case ReplayRequest.BadChanges(var errors) -> Problem.badFields(errors).answer();
      case ReplayRequest.Submittable(var submission, var owner, var ordinal) -> {
        if (!owner.equals(Caller.of(request).owner())) {
          // before the job, which shares its commit with others: none is accepted without it
          audit.write(
              AuditTrail.of(request, AuditAction.REPLAY, "job:" + original, owner, Map.of()));
        }
        yield handler.handle(
            submission, owner, Optional.of(key.key().orElse(ordinal)), request, response);
      }
    };
  }
}
