package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
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
  private final CancelHandler cancels;
  private final SubmitResponses responses;

  JobActionController(
      JobCanceller canceller,
      JobReplayer replayer,
      ReplayHandler replays,
      CancelHandler cancels,
      SubmitResponses responses) {
    this.canceller = canceller;
    this.replayer = replayer;
    this.replays = replays;
    this.cancels = cancels;
    this.responses = responses;
  }

  /** Idempotent: 200 with the job once it has ended, 202 while its call is being cut. */
  @DeleteMapping("/api/generate/{requestId}")
  Object cancel(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var job = RequestId.parse(requestId);
    if (job.isEmpty()) {
      return SubmitResponses.noSuchJob();
    }
    var caller = Caller.of(request);
    var entry =
        AuditTrail.of(request, AuditAction.CANCEL, "job:" + job.get(), caller.owner(), Map.of());
    var outcome = canceller.cancel(job.get(), caller.sees(), null, entry);
    return cancels.reply(
        job.get(),
        outcome instanceof Cancellation.Requested,
        wait -> responses.toCancelled(job.get(), caller.sees(), wait, ReplyLinks.of(request)),
        request,
        response);
  }

  @PostMapping("/api/generate/{requestId}/replay")
  Object replay(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    return replays.replay(
        "job", requestId, replayer::replayOf, SubmitResponses.noSuchJob(), request, response);
  }
}
