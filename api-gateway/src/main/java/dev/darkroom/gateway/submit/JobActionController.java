package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.gateway.wait.WaitLimiter;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Cancels jobs, and submits ended ones again. */
@RestController
class JobActionController {
  private final JobCanceller canceller;
  private final JobReplayer replayer;
  private final ReplayHandler replays;
  private final SubmitResponses responses;
  private final WaitLimiter waits;

  JobActionController(
      JobCanceller canceller,
      JobReplayer replayer,
      ReplayHandler replays,
      SubmitResponses responses,
      WaitLimiter waits) {
    this.canceller = canceller;
    this.replayer = replayer;
    this.replays = replays;
    this.responses = responses;
    this.waits = waits;
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
    return replays.replay(
        "job", requestId, replayer::replayOf, SubmitResponses.noSuchJob(), request, response);
  }
}
