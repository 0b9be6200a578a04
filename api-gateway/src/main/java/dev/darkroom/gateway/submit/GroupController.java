package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.jobs.Job;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows, cancels and repeats the jobs of one request together. */
@RestController
class GroupController {
  private final JobQueries ledger;
  private final JobCanceller canceller;
  private final JobReplayer replayer;
  private final ReplayHandler replays;
  private final GroupResponses responses;
  private final CancelHandler cancels;

  GroupController(
      JobQueries ledger,
      JobCanceller canceller,
      JobReplayer replayer,
      ReplayHandler replays,
      GroupResponses responses,
      CancelHandler cancels) {
    this.ledger = ledger;
    this.canceller = canceller;
    this.replayer = replayer;
    this.replays = replays;
    this.responses = responses;
    this.cancels = cancels;
  }

  @GetMapping("/api/groups/{groupId}")
  ResponseEntity<Object> ask(
      @PathVariable String groupId, HttpServletRequest request, HttpServletResponse response) {
    var visible = Caller.of(request).sees();
    var jobs = RequestId.parse(groupId).map(id -> ledger.findGroup(id, visible)).orElse(List.of());
    if (jobs.isEmpty()) {
      return GroupResponses.noSuchGroup();
    }
    ReplyId.isOf(jobs.getFirst().requestId(), request, response);
    return responses.asItStands(jobs, ReplyLinks.of(request));
  }

  /** Idempotent: 200 with the group once all have ended, 202 while calls are being cut. */
  @DeleteMapping("/api/groups/{groupId}")
  Object cancel(
      @PathVariable String groupId, HttpServletRequest request, HttpServletResponse response) {
    var caller = Caller.of(request);
    var group = RequestId.parse(groupId);
    var jobs = group.map(id -> ledger.findGroupForSubmitter(id, caller.sees())).orElse(List.of());
    if (jobs.isEmpty()) {
      return GroupResponses.noSuchGroup();
    }
    var running = false;
    for (var job : jobs) {
      running |= cancelled(job, caller, request) instanceof Cancellation.Requested;
    }
    return cancels.reply(
        group.get(),
        running,
        wait -> responses.toCancelled(group.get(), caller.sees(), wait, ReplyLinks.of(request)),
        request,
        response);
  }

  private Cancellation cancelled(Job job, Caller caller, HttpServletRequest request) {
    var id = job.requestId();
    return canceller.cancel(
        id,
        caller.sees(),
        null,
        AuditTrail.of(
            request,
            AuditAction.CANCEL,
            "job:" + id,
            caller.owner(),
            Map.of("groupId", String.valueOf(job.groupId()))));
  }

  @PostMapping("/api/groups/{groupId}/replay")
  Object replay(
      @PathVariable String groupId, HttpServletRequest request, HttpServletResponse response) {
    return replays.replay(
        "group", groupId, replayer::replayOfGroup, GroupResponses.noSuchGroup(), request, response);
  }
}
