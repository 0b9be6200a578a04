package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.DeliveryList;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.ProblemCode;
import dev.darkroom.gateway.http.ReplyId;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.webhooks.DeliveryQueries;
import dev.darkroom.ledger.webhooks.DeliveryStore;
import dev.darkroom.model.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what a job's webhook was sent, and sends it again. */
@RestController
class DeliveryController {
  /** A job has at most 50 attempts, and two events more. */
  private static final int MOST = 500;

  private final DeliveryQueries queries;
  private final DeliveryStore deliveries;
  private final JobQueries jobs;
  private final WebhookSettings settings;

  DeliveryController(
      DeliveryQueries queries,
      DeliveryStore deliveries,
      JobQueries jobs,
      WebhookSettings settings) {
    this.queries = queries;
    this.deliveries = deliveries;
    this.jobs = jobs;
    this.settings = settings;
  }

  @GetMapping("/api/generate/{requestId}/deliveries")
  ResponseEntity<Object> list(
      @PathVariable String requestId, HttpServletRequest request, HttpServletResponse response) {
    var id = RequestId.parse(requestId);
    var visible = Caller.of(request).sees();
    var found = id.map(job -> queries.ofJob(job, visible, MOST)).orElse(List.of());
    if (found.isEmpty() && id.flatMap(job -> jobs.find(job, visible)).isEmpty()) {
      return Problem.of(HttpStatus.NOT_FOUND, "No such job.").answer();
    }
    id.ifPresent(job -> ReplyId.isOf(job, request, response));
    return JsonReply.of(HttpStatus.OK, DeliveryList.of(found));
  }

  @PostMapping("/api/generate/{requestId}/deliveries/{deliveryId}/redeliver")
  ResponseEntity<Object> redeliver(
      @PathVariable String requestId,
      @PathVariable String deliveryId,
      HttpServletRequest request,
      HttpServletResponse response) {
    var job = RequestId.parse(requestId);
    var delivery = RequestId.parse(deliveryId).map(RequestId::value); // also a UUID
    if (job.isEmpty() || delivery.isEmpty()) {
      return noSuchDelivery();
    }
    ReplyId.isOf(job.get(), request, response);
    var visible = Caller.of(request).sees();
    return switch (deliveries.redeliver(job.get(), delivery.get(), visible, settings.retryFor())) {
      case ACCEPTED ->
          JsonReply.of(
              HttpStatus.ACCEPTED,
              DeliveryList.of(
                  queries.ofJob(job.get(), visible, MOST).stream()
                      .filter(found -> found.deliveryId().equals(delivery.get()))
                      .toList()));
      case NO_SUCH_DELIVERY -> noSuchDelivery();
      case ENDPOINT_DISABLED ->
          Problem.of(
                  HttpStatus.CONFLICT,
                  "The endpoint of this delivery is disabled. Enable it with POST"
                      + " /api/webhooks/enable first.")
              .code(ProblemCode.CONFLICT)
              .answer();
    };
  }

  private static ResponseEntity<Object> noSuchDelivery() {
    return Problem.of(HttpStatus.NOT_FOUND, "No such delivery of this job.").answer();
  }
}
