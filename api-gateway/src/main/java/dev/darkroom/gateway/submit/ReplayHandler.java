package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.limit.CallerRates;
import dev.darkroom.gateway.submit.JobReplayer.ReplayRequest;
import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditStore;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Handles requests to submit something again that has ended. */
@Component
final class ReplayHandler {
  private final CallerRates rates;
  private final SubmissionParser submissions;
  private final SubmissionHandler handler;
  private final AuditStore audit;

  ReplayHandler(
      CallerRates rates,
      SubmissionParser submissions,
      SubmissionHandler handler,
      AuditStore audit) {
    this.rates = rates;
    this.submissions = submissions;
    this.handler = handler;
    this.audit = audit;
  }

  /** Finds what is to be submitted again. */
  interface Originals {
    ReplayRequest find(RequestId original, Visibility visible, JsonNode changes);
  }

  /**
   * The reply.
   *
   * @param noun what is submitted again
   * @param id as the client wrote it
   * @param notFound where there is none of this id
   */
  Object replay(
      String noun,
      String id,
      Originals originals,
      ResponseEntity<Object> notFound,
      HttpServletRequest request,
      HttpServletResponse response) {
    var tooFast = rates.refusalOfSubmission(request, response);
    if (tooFast != null) {
      return tooFast.answer();
    }
    var original = RequestId.parse(id);
    if (original.isEmpty()) {
      return notFound;
    }
    return switch (RequestBody.of(request)) {
      case RequestBody.Unreadable(var problem) -> problem.answer();
      case RequestBody.Utf8Text(var text) ->
          switch (submissions.readOptional(text)) {
            case Parsed.BadFields<JsonNode>(var errors) -> Problem.badFields(errors).answer();
            case Parsed.Success<JsonNode>(var changes) -> {
              var found = originals.find(original.get(), Caller.of(request).sees(), changes);
              yield replay(noun, original.get(), found, notFound, request, response);
            }
          };
    };
  }

  private Object replay(
      String noun,
      RequestId original,
      ReplayRequest found,
      ResponseEntity<Object> notFound,
      HttpServletRequest request,
      HttpServletResponse response) {
    var key = IdempotencyKeyHeader.of(request);
    if (!key.errors().isEmpty()) {
      return Problem.badFields(key.errors()).answer();
    }
    return switch (found) {
      case ReplayRequest.NoSuchJob _ -> notFound;
      case ReplayRequest.StillOpen _ ->
          conflict(
              original,
              "The %s has not ended. Wait for its end, or cancel it, before you replay it."
                  .formatted(noun));
      case ReplayRequest.Erased _ ->
          conflict(
              original,
              "The content of this %s was erased, so it can't be replayed. Submit a new one."
                  .formatted(noun));
      case ReplayRequest.BadChanges(var errors) -> Problem.badFields(errors).answer();
      case ReplayRequest.Submittable(var submission, var owner, var ordinal) -> {
        if (!owner.equals(Caller.of(request).owner())) {
          // before the job, which shares its commit with others: none is accepted without it
          audit.write(
              AuditTrail.of(request, AuditAction.REPLAY, noun + ":" + original, owner, Map.of()));
        }
        yield handler.handle(
            submission, owner, Optional.of(key.key().orElse(ordinal)), request, response);
      }
    };
  }

  private static ResponseEntity<Object> conflict(RequestId original, String sentence) {
    return Problem.of(HttpStatus.CONFLICT, sentence).about(original).answer();
  }
}
