package dev.darkroom.gateway.extras.webhook;

import dev.darkroom.gateway.extras.webhook.send.SignedMessage;
import dev.darkroom.gateway.extras.webhook.send.TryResult;
import dev.darkroom.gateway.extras.webhook.send.TryResult.TryOutcome;
import dev.darkroom.gateway.extras.webhook.send.WebhookClient;
import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.ledger.webhooks.DeliveryStore;
import dev.darkroom.ledger.webhooks.DeliveryStore.AfterFailure;
import dev.darkroom.ledger.webhooks.DeliveryStore.FailedTry;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.DueDelivery;
import dev.darkroom.ledger.webhooks.EventCollector;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.messaging.PublicUrl;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;

/**
 * Collects events, reserves deliveries that are due, has them sent by threads of its own, and
 * records what came back. Only the loop's thread asks the ledger, so that many deliveries take no
 * more than one connection from the jobs. A place is free again when its result is recorded.
 *
 * <p>A gateway that dies leaves its deliveries to others, which send them again when the
 * reservation has lapsed: an endpoint may get a message twice, with one id.
 */
@Component
final class WebhookDispatcher implements LoopRound {
  private static final Logger log = LoggerFactory.getLogger(WebhookDispatcher.class);
  private static final int STEPS_PER_ROUND = 1_000;
  private static final int SKIPPED_AT_ONCE = 1_000;

  /** Such an endpoint gets its places from those for servers in trouble. */
  private static final Duration SLOW = Duration.ofSeconds(3);

  /** How long the gateway's end waits for deliveries under way. */
  private static final Duration LAST_REPLIES = Duration.ofSeconds(3);

  private static final Duration IDLE = Duration.ofSeconds(30);

  private final EventCollector collector;
  private final DeliveryStore deliveries;
  private final WebhookSecrets secrets;
  private final WebhookClient client;
  private final WebhookSettings settings;
  private final PublicUrl publicUrl;
  private final WebhookBackoff backoff;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Counter givenUp;

  /** Threads of the platform: looking up a name blocks the carrier of a virtual one. */
  private final ThreadPoolExecutor senders;

  private final Queue<FinishedTry> finished = new ConcurrentLinkedQueue<>();
  private final Semaphore wakeUps = new Semaphore(0);

  /** Only the loop's thread uses these. */
  private int underWay;

  private int underWayTroubled;
  private long lookAgainAt = System.nanoTime();
  private boolean more;

  WebhookDispatcher(
      EventCollector collector,
      DeliveryStore deliveries,
      WebhookSecrets secrets,
      WebhookClient client,
      WebhookSettings settings,
      PublicUrl publicUrl,
      RandomGenerator random,
      InstantSource clock,
      MeterRegistry meters) {
    this.collector = collector;
    this.deliveries = deliveries;
    this.secrets = secrets;
    this.client = client;
    this.settings = settings;
    this.publicUrl = publicUrl;
    this.backoff = new WebhookBackoff(random);
    this.clock = clock;
    this.meters = meters;
    this.givenUp =
        Counter.builder("darkroom.webhook.given.up")
            .description("Deliveries that failed for too long, or whose endpoint is gone")
            .register(meters);
    for (var outcome : TryOutcome.values()) {
      tries(outcome);
    }
    var threads = new AtomicLong();
    this.senders =
        new ThreadPoolExecutor(
            settings.inFlight(),
            settings.inFlight(),
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("webhook-" + threads.incrementAndGet())
                    .unstarted(task));
    this.senders.allowCoreThreadTimeOut(true);
  }

  private Timer tries(TryOutcome outcome) {
    return Timer.builder("darkroom.webhook.tries")
        .description("Requests to endpoints by outcome")
        .tag("outcome", outcome.word())
        .register(meters);
  }

  /** A try that is over and not yet in the ledger. */
  private record FinishedTry(DueDelivery delivery, TryResult result) {}

  @Override
  public boolean run() throws InterruptedException {
    if (!more) {
      var _ = wakeUps.tryAcquire(lookAgainAt - System.nanoTime(), TimeUnit.NANOSECONDS);
      wakeUps.drainPermits();
    }
    more = false;
    recordFinished();
    if (System.nanoTime() - lookAgainAt >= 0) {
      more = collect();
    }
    sendDue();
    return more;
  }

  /** True if there may be more to read at once. */
  private boolean collect() {
    var collected = collector.collect(STEPS_PER_ROUND, publicUrl.base(), settings.retryFor());
    if (collected.steps() == STEPS_PER_ROUND) {
      return true;
    }
    lookAgainAt = System.nanoTime() + settings.sweep().toNanos();
    return false;
  }

  private void sendDue() {
    var room = settings.inFlight() - underWay;
    var forTroubled = Math.max(1, settings.inFlight() / 2) - underWayTroubled;
    if (room > 0) {
      deliveries
          .reserveDue(
              new SendingRoom(room, Math.clamp(forTroubled, 0, room), settings.perServer()),
              settings.reservation())
          .forEach(this::send);
    }
  }

  private void send(DueDelivery delivery) {
    var signing = secrets.orFirst(delivery.owner(), delivery.secrets());
    underWay++;
    underWayTroubled += delivery.troubled() ? 1 : 0;
    senders.execute(() -> {
      var result = TryResult.NOT_SENT;
      try {
        var message =
            SignedMessage.sign(
                delivery.deliveryId().toString(), clock.instant(), delivery.body(), signing);
        result = client.post(delivery.url(), message);
      } finally { // whatever happens, its place must not be lost
        finished.add(new FinishedTry(delivery, result));
        wakeUp();
      }
    });
  }

  /** What can't be recorded now stays, and its places with it. */
  private void recordFinished() {
    for (var next = finished.peek(); next != null; next = finished.peek()) {
      record(next.delivery(), next.result());
      finished.remove();
      underWay--;
      underWayTroubled -= next.delivery().troubled() ? 1 : 0;
    }
  }

  private void record(DueDelivery delivery, TryResult result) {
    if (result.succeeded()) {
      var failedBefore =
          deliveries.markDelivered(
              delivery,
              Objects.requireNonNull(result.status()),
              Objects.requireNonNullElse(result.reply(), ""),
              result.took(),
              result.took().compareTo(SLOW) > 0);
      if (failedBefore.orElse(false)) {
        about(log.atInfo(), delivery).log("webhook endpoint works again");
      }
    } else {
      var error = Objects.requireNonNullElse(result.error(), "");
      deliveries
          .markFailed(
              delivery,
              new FailedTry(
                  result.status(),
                  result.reply(),
                  error,
                  result.outcome() == TryOutcome.GONE,
                  backoff.delay(delivery.failures()),
                  shorter(result.retryAfter(), settings.retryFor()),
                  result.took()),
              settings.retryFor())
          .ifPresent(after -> report(delivery, error, after));
    }
    tries(result.outcome()).record(result.took());
  }

  private void report(DueDelivery delivery, String error, AfterFailure after) {
    if (after.state() == DeliveryState.FAILED) {
      givenUp.increment();
      about(log.atWarn(), delivery)
          .addKeyValue("delivery_id", delivery.deliveryId())
          .addKeyValue("tries", delivery.number())
          .addKeyValue("reason", error)
          .log("webhook delivery given up; it can be redelivered");
    } else if (after.first()) {
      about(log.atInfo(), delivery)
          .addKeyValue("retry_at", after.nextTryAt())
          .addKeyValue("reason", error)
          .log("webhook endpoint fails; its deliveries are retried");
    }
    if (after.disabled()) {
      var skipped = deliveries.skipOfDisabled(delivery.endpointId(), SKIPPED_AT_ONCE);
      about(log.atWarn(), delivery)
          .addKeyValue("skipped", skipped)
          .addKeyValue("reason", error)
          .log("webhook endpoint disabled; nothing is sent there until POST /api/webhooks/enable");
    }
  }

  /** Without the query, which may hold a secret of the receiver's. */
  private static LoggingEventBuilder about(LoggingEventBuilder event, DueDelivery delivery) {
    return event
        .addKeyValue("endpoint", delivery.address())
        .addKeyValue("user_id", delivery.userId())
        .addKeyValue("request_id", delivery.requestId());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public void wakeUp() {
    if (wakeUps.availablePermits() == 0) {
      wakeUps.release();
    }
  }

  /** Waits a moment for deliveries under way; what is not recorded then is sent again. */
  @Override
  public void end() {
    var until = System.nanoTime() + LAST_REPLIES.toNanos();
    try {
      recordFinished();
      while (underWay > 0 && wakeUps.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        recordFinished();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.atDebug().setCause(e).log("could not record the last webhook tries; they are repeated");
    }
  }
}
