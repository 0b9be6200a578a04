package dev.darkroom.ledger.webhooks;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.JobFixture;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.webhooks.DeliveryStore.AfterFailure;
import dev.darkroom.ledger.webhooks.DeliveryStore.FailedTry;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.EventCollector.Collected;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.JobWebhook;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The webhooks of a ledger without jobs. */
record TestingWebhooks(
    TestingLedger ledger,
    EventCollector collector,
    DeliveryStore store,
    DeliveryQueries queries,
    EndpointStore endpoints) {
  static final WebhookOwner ADA = new WebhookOwner("", "ada");
  static final WebhookOwner BOB = new WebhookOwner("", "bob");
  static final String URL = "https://ada.example.com/hooks?job=1";
  static final Duration PATIENCE = Duration.ofHours(24);
  static final Duration TOOK = Duration.ofMillis(31);
  static final Duration RESERVATION = Duration.ofMinutes(1);
  static final SendingRoom ROOM = new SendingRoom(100, 100, 4);

  static TestingWebhooks empty() {
    var ledger = TestingLedger.empty();
    ledger.asOwner.sql("delete from public.generation_webhook_deliveries").update();
    ledger.asOwner.sql("delete from public.generation_webhook_endpoints").update();
    ledger.asOwner.sql("delete from public.generation_webhook_secrets").update();
    ledger
        .asOwner
        .sql(
            """
            update public.generation_webhook_cursor
            set seq = coalesce(
                pg_sequence_last_value(pg_get_serial_sequence('public.generation_logs', 'seq')::regclass), 0),
              missing = '{}', missing_before = '{}'
            """)
        .update();
    return new TestingWebhooks(
        ledger,
        new EventCollector(ledger.asApplication),
        new DeliveryStore(ledger.asApplication),
        new DeliveryQueries(ledger.asApplication, ledger.asApplication),
        new EndpointStore(ledger.asApplication, ledger.asApplication));
  }

  RequestId accept(@Nullable JobWebhook webhook) {
    return accept("ada", webhook);
  }

  RequestId accept(String user, @Nullable JobWebhook webhook) {
    return accept(new WebhookOwner("", user), webhook);
  }

  RequestId accept(WebhookOwner owner, @Nullable JobWebhook webhook) {
    var id = new RequestId(UUID.randomUUID());
    ledger.accept(
        List.of(
            new NewJob(
                id,
                owner.owner(),
                owner.userId(),
                JobFixture.REQUEST,
                JobFixture.CALL,
                Duration.ofMinutes(10),
                JobFixture.TRACE,
                null,
                null,
                webhook)));
    return id;
  }

  /** A job that is told of when it has ended, at this URL. */
  RequestId accept(String user, String url) {
    return accept(user, new JobWebhook(url, List.of(JobStatus.COMPLETED, JobStatus.FAILED)));
  }

  Attempt claim(RequestId job) {
    return ledger
        .claim(JobFixture.WORKER, Duration.ofMinutes(1), List.of(job))
        .getFirst()
        .attempt();
  }

  void complete(RequestId job) {
    var _ =
        ledger
            .outcomeStore
            .completeIfCurrent(claim(job), JobFixture.PICTURE, Map.of())
            .orElseThrow();
  }

  void fail(RequestId job, String message) {
    var _ =
        ledger
            .outcomeStore
            .failIfCurrent(claim(job), Step.NEBIUS_API_ERROR, "rejected", message, Map.of())
            .orElseThrow();
  }

  /** An ended job whose delivery is due. */
  RequestId due(String user, String url) {
    var job = accept(user, url);
    complete(job);
    collect();
    return job;
  }

  Collected collect() {
    return collector.collect(1_000, "", PATIENCE);
  }

  List<DueDelivery> reserve() {
    return store.reserveDue(ROOM, RESERVATION);
  }

  Optional<AfterFailure> fail(DueDelivery delivery) {
    return fail(delivery, Duration.ofSeconds(10), Duration.ZERO);
  }

  Optional<AfterFailure> fail(DueDelivery delivery, Duration delay, Duration wait) {
    return store.markFailed(
        delivery,
        new FailedTry(500, "oops", "It answered 500.", false, delay, wait, TOOK),
        PATIENCE);
  }

  Optional<AfterFailure> gone(DueDelivery delivery) {
    return store.markFailed(
        delivery,
        new FailedTry(
            410, "", "It answered 410.", true, Duration.ofSeconds(10), Duration.ZERO, TOOK),
        PATIENCE);
  }

  boolean deliver(DueDelivery delivery) {
    return arrive(delivery, false).isPresent();
  }

  /**
   * Reports that it arrived.
   *
   * @param slow whether the endpoint took long
   * @return whether the endpoint failed before
   */
  Optional<Boolean> arrive(DueDelivery delivery, boolean slow) {
    return store.markDelivered(delivery, 204, "", TOOK, slow);
  }

  WebhookDelivery only(RequestId job) {
    var found = queries.ofJob(job, Visibility.ALL, 10);
    if (found.size() != 1) {
      throw new AssertionError("%d deliveries".formatted(found.size()));
    }
    return found.getFirst();
  }

  /** As if everything had happened so much earlier. */
  void timePasses(Duration time) {
    ledger
        .asOwner
        .sql(
            """
            with passed as (select :time * interval '1 millisecond' as time),
            endpoint as (
              update public.generation_webhook_endpoints
              set failing_since = failing_since - time, wait_until = wait_until - time, used_at = used_at - time,
                disabled_at = disabled_at - time
              from passed)
            update public.generation_webhook_deliveries
            set due_at = due_at - time, give_up_at = give_up_at - time, sending_until = sending_until - time,
              occurred_at = occurred_at - time, last_try_at = last_try_at - time, delivered_at = delivered_at - time
            from passed
            """)
        .param("time", time.toMillis())
        .update();
  }

  long missingNumbers() {
    return ledger
        .asOwner
        .sql("select cardinality(missing) from public.generation_webhook_cursor")
        .query(Long.class)
        .single();
  }
}
