package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.extras.webhook.send.SignedMessage;
import dev.darkroom.gateway.extras.webhook.send.TryResult;
import dev.darkroom.gateway.extras.webhook.send.WebhookClient;
import dev.darkroom.ledger.webhooks.WebhookOwner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Sends an event that means nothing, for whoever sets an endpoint up. */
@Component
final class WebhookTester {
  /** At a time; they have nothing to do with the places of deliveries. */
  static final int MOST = 4;

  /** A slow lookup of the host's name is not waited for. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final WebhookClient client;
  private final WebhookSecrets secrets;
  private final WebhookSettings settings;
  private final JsonMapper json;
  private final InstantSource clock;

  /** Callers wait on virtual threads, whose carriers a lookup of a name would block. */
  private final ThreadPoolExecutor senders =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("webhook-test-", 1).factory());

  WebhookTester(
      WebhookClient client,
      WebhookSecrets secrets,
      WebhookSettings settings,
      JsonMapper json,
      InstantSource clock) {
    this.client = client;
    this.secrets = secrets;
    this.settings = settings;
    this.json = json;
    this.clock = clock;
    senders.allowCoreThreadTimeOut(true);
  }

  /** The whole of a test message. */
  private record TestEvent(String type, Instant timestamp, TestData data) {}

  private record TestData(String userId) {}

  TryResult test(WebhookOwner owner, String url) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var event = new TestEvent("darkroom.test", now, new TestData(owner.userId()));
    var body = json.writeValueAsString(event);
    var message =
        SignedMessage.sign(UUID.randomUUID().toString(), now, body, secrets.signing(owner));
    var sending = senders.submit(() -> client.post(url, message));
    try {
      return sending.get(settings.timeout().plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return TryResult.timedOut(settings.timeout(), settings.timeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return TryResult.NOT_SENT;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
