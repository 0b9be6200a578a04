package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.EndpointList;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.EndpointView;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.RedeliveryCount;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.SecretView;
import dev.darkroom.gateway.extras.webhook.WebhookReplies.TestReply;
import dev.darkroom.gateway.http.ClientLimiter;
import dev.darkroom.gateway.http.ClientLimiter.Entry;
import dev.darkroom.gateway.http.JsonReply;
import dev.darkroom.gateway.http.Parsed;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.http.RequestParameters;
import dev.darkroom.ledger.webhooks.DeliveryStore;
import dev.darkroom.ledger.webhooks.EndpointStore;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.ledger.webhooks.WebhookOwner;
import dev.darkroom.model.GenerationRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** An owner's endpoints and secret: shown, enabled, tested, rotated, and sent to again. */
@RestController
class WebhookController {
  private static final int MOST_ENDPOINTS = 500;
  private static final int MOST_REDELIVERIES = 10_000;
  private static final int TESTS_PER_CLIENT = 2;
  private static final Duration TEST_AGAIN_AFTER = Duration.ofSeconds(5);

  private static final List<DeliveryState> UNDELIVERED =
      List.of(DeliveryState.FAILED, DeliveryState.SKIPPED);
  private static final List<DeliveryState> ENDED =
      List.of(DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.DELIVERED);

  private final EndpointStore endpoints;
  private final DeliveryStore deliveries;
  private final WebhookSecrets secrets;
  private final WebhookTester tester;
  private final WebhookSettings settings;
  private final InstantSource clock;
  private final RefusalLog refusals;
  private final ClientLimiter tests =
      new ClientLimiter(WebhookTester.MOST, TESTS_PER_CLIENT, Duration.ZERO);

  WebhookController(
      EndpointStore endpoints,
      DeliveryStore deliveries,
      WebhookSecrets secrets,
      WebhookTester tester,
      WebhookSettings settings,
      InstantSource clock,
      RefusalLog refusals) {
    this.endpoints = endpoints;
    this.deliveries = deliveries;
    this.secrets = secrets;
    this.tester = tester;
    this.settings = settings;
    this.clock = clock;
    this.refusals = refusals;
  }

  @GetMapping("/api/webhooks")
  ResponseEntity<Object> list(HttpServletRequest request) {
    return ofOwner(request, owner -> EndpointList.of(endpoints.of(owner, MOST_ENDPOINTS)));
  }

  /** Makes the first secret, so that an owner can set up the receiver before the first job. */
  @GetMapping("/api/webhooks/secret")
  ResponseEntity<Object> secret(HttpServletRequest request) {
    return ofOwner(
        request, owner -> new SecretView(owner.userId(), secrets.currentOf(owner), null));
  }

  private static ResponseEntity<Object> ofOwner(
      HttpServletRequest request, Function<WebhookOwner, Object> reply) {
    var parameters = new RequestParameters(request);
    var userId = parameters.text("userId").orElse(GenerationRequest.ANONYMOUS);
    if (GenerationRequest.characters(userId) > GenerationRequest.MAX_USER_ID
        || !GenerationRequest.isStorable(userId)) {
      parameters.reject(
          "userId", "must have at most %d characters".formatted(GenerationRequest.MAX_USER_ID));
    }
    var caller = Caller.of(request).owner();
    return switch (parameters.parsed(() -> new WebhookOwner(caller, userId))) {
      case Parsed.BadFields<WebhookOwner>(var errors) -> Problem.badFields(errors).answer();
      case Parsed.Success<WebhookOwner>(var owner) ->
          JsonReply.of(HttpStatus.OK, reply.apply(owner));
    };
  }

  @PostMapping(
      path = "/api/webhooks/secret/rotate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object rotate(HttpServletRequest request) {
    return WebhookBody.handle(
        request,
        body -> {
          var owner = body.owner();
          return body.answer(() -> {
            var secret = secrets.rotate(owner);
            var until = clock.instant().plus(WebhookSecrets.OVERLAP);
            return JsonReply.of(
                HttpStatus.OK,
                new SecretView(owner.userId(), secret, until.truncatedTo(ChronoUnit.MILLIS)));
          });
        });
  }

  @PostMapping(
      path = "/api/webhooks/enable",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object enable(HttpServletRequest request) {
    return WebhookBody.handle(
        request,
        body -> {
          var owner = body.owner();
          var url = body.url(settings.allowPrivate());
          return body.answer(() ->
              endpoints
                  .enable(owner, url)
                  .map(endpoint -> JsonReply.of(HttpStatus.OK, EndpointView.of(endpoint)))
                  .orElseGet(() ->
                      Problem.of(
                              HttpStatus.NOT_FOUND,
                              "This user has no such endpoint. GET /api/webhooks lists them.")
                          .answer()));
        });
  }

  @PostMapping(
      path = "/api/webhooks/redeliver",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object redeliver(HttpServletRequest request) {
    return WebhookBody.handle(
        request,
        body -> {
          var owner = body.owner();
          var since = body.instant("since");
          var until = body.instant("until");
          var states = body.oneOf("status", ENDED, DeliveryState::word);
          if (!since.isBefore(until)) {
            body.reject("since", "must be before until");
          }
          return body.answer(() -> {
            var count =
                deliveries.redeliverAll(
                    owner,
                    since,
                    until,
                    states.map(List::of).orElse(UNDELIVERED),
                    settings.retryFor(),
                    MOST_REDELIVERIES);
            return JsonReply.of(
                HttpStatus.ACCEPTED, new RedeliveryCount(count, count == MOST_REDELIVERIES));
          });
        });
  }

  @PostMapping(
      path = "/api/webhooks/test",
      consumes = {MediaType.APPLICATION_JSON_VALUE, "application/*+json"})
  Object test(HttpServletRequest request) {
    return WebhookBody.handle(
        request,
        body -> {
          var owner = body.owner();
          var url = body.url(settings.allowPrivate());
          Callable<ResponseEntity<Object>> waiting = () -> test(request, owner, url);
          return body.answer(() -> waiting);
        });
  }

  private ResponseEntity<Object> test(HttpServletRequest request, WebhookOwner owner, String url) {
    return switch (tests.enter(request)) {
      case Entry.Admitted place -> {
        try (place) {
          yield JsonReply.of(HttpStatus.OK, TestReply.of(tester.test(owner, url)));
        }
      }
      case Entry.ClientHasTooMany _, Entry.TooMany _ -> {
        refusals.count("too_many_webhook_tests");
        yield Problem.tooMany(
                "Too many webhook tests are running. Try again in a few seconds.", TEST_AGAIN_AFTER)
            .answer();
      }
    };
  }
}
