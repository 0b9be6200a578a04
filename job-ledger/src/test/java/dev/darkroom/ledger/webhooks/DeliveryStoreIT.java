package dev.darkroom.ledger.webhooks;

import static dev.darkroom.ledger.webhooks.TestingWebhooks.ADA;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.BOB;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.PATIENCE;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.RESERVATION;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.URL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.webhooks.DeliveryStore.AfterFailure;
import dev.darkroom.ledger.webhooks.DeliveryStore.Redelivery;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DeliveryStoreIT {
  private static final String OTHER = "https://bob.example.com/hooks";
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestingWebhooks webhooks = TestingWebhooks.empty();
  private final DeliveryStore store = webhooks.store();

  @Test
  void a_delivery_is_reserved_once_with_all_that_is_to_be_sent() {
    var job = webhooks.due("ada", URL);

    var due = webhooks.reserve();

    assertThat(due).hasSize(1);
    var delivery = due.getFirst();
    assertThat(delivery.requestId()).isEqualTo(job);
    assertThat(delivery.userId()).isEqualTo("ada");
    assertThat(delivery.url()).isEqualTo(URL);
    assertThat(delivery.address()).isEqualTo("https://ada.example.com/hooks");
    assertThat(delivery.body()).isEqualTo(webhooks.only(job).body());
    assertThat(delivery.number()).isOne();
    assertThat(delivery.failures()).isZero();
    assertThat(delivery.troubled()).isFalse();
    assertThat(delivery.secrets()).isEmpty();
    assertThat(webhooks.reserve()).isEmpty();
    var shown = webhooks.only(job);
    assertThat(shown.tries()).isOne();
    assertThat(shown.lastTryAt()).isNotNull();
    assertThat(shown.nextTryAt()).as("while it is being sent").isNull();
  }

  @Test
  void what_arrived_is_not_sent_again() {
    var job = webhooks.due("ada", URL);

    assertThat(webhooks.deliver(webhooks.reserve().getFirst())).isTrue();

    webhooks.timePasses(DAY);
    assertThat(webhooks.reserve()).isEmpty();
    var shown = webhooks.only(job);
    assertThat(shown.state()).isEqualTo(DeliveryState.DELIVERED);
    assertThat(shown.status()).isEqualTo(204);
    assertThat(shown.deliveredAt()).isNotNull();
    assertThat(shown.nextTryAt()).isNull();
  }

  @Test
  void what_a_gateway_abandons_is_sent_by_another_and_only_that_one_reports_a_failure() {
    var job = webhooks.due("ada", URL);
    var abandoned = webhooks.reserve().getFirst();
    webhooks.timePasses(RESERVATION);

    var again = webhooks.reserve().getFirst();

    assertThat(again.number()).isEqualTo(2);
    assertThat(webhooks.fail(abandoned)).as("a late failure").isEmpty();
    assertThat(webhooks.only(job).error()).isNull();
    assertThat(webhooks.deliver(abandoned)).as("a late success").isTrue();
    assertThat(webhooks.fail(again)).isEmpty();
    assertThat(webhooks.only(job).state()).isEqualTo(DeliveryState.DELIVERED);
  }

  @Test
  void of_each_server_of_an_owner_so_many_are_under_way_and_none_hides_another() {
    for (var i = 0; i < 20; i++) {
      webhooks.due("ada", "https://ada.example.com/jobs/" + i); // one server, many endpoints
    }
    webhooks.due("bob", "https://ada.example.com/jobs/1");
    webhooks.due("ada", OTHER);

    var due = webhooks.reserve();

    assertThat(due.stream().filter(each -> each.url().startsWith("https://ada")))
        .extracting(DueDelivery::userId)
        .containsExactlyInAnyOrder("ada", "ada", "ada", "ada", "bob");
    assertThat(due).extracting(DueDelivery::url).contains(OTHER);
    assertThat(webhooks.reserve()).isEmpty();

    webhooks.deliver(
        due.stream()
            .filter(each -> each.userId().equals("ada") && !each.url().equals(OTHER))
            .findFirst()
            .orElseThrow());
    assertThat(webhooks.reserve()).hasSize(1);
  }

  @Test
  void a_gateway_gets_no_more_than_it_has_places_the_longest_due_first() {
    var first = webhooks.due("ada", URL);
    webhooks.timePasses(MINUTE);
    webhooks.due("bob", OTHER);
    webhooks.due("cy", OTHER);

    var due = store.reserveDue(new SendingRoom(1, 1, 4), RESERVATION);

    assertThat(due).extracting(DueDelivery::requestId).containsExactly(first);
  }

  @Test
  void servers_that_fail_share_fewer_places() {
    webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst());
    webhooks.due("ada", URL);
    webhooks.due("ada", URL);
    webhooks.due("bob", OTHER);
    webhooks.timePasses(MINUTE);

    var due = store.reserveDue(new SendingRoom(10, 1, 4), RESERVATION);

    assertThat(due)
        .extracting(DueDelivery::userId, DueDelivery::troubled)
        .containsExactlyInAnyOrder(tuple("ada", true), tuple("bob", false));
  }

  @Test
  void a_slow_server_gets_its_places_from_those_in_trouble() {
    webhooks.due("ada", URL);
    store.markDelivered(webhooks.reserve().getFirst(), 200, "", true);
    webhooks.due("ada", URL);

    assertThat(store.reserveDue(new SendingRoom(10, 0, 4), RESERVATION)).isEmpty();
    var slow = webhooks.reserve().getFirst();
    assertThat(slow.troubled()).isTrue();
    assertThat(store.markDelivered(slow, 200, "", false)).contains(false);
    webhooks.due("ada", URL);
    assertThat(webhooks.reserve().getFirst().troubled()).isFalse();
  }

  @Test
  void two_gateways_at_once_send_nothing_twice_and_keep_to_the_limit() throws Exception {
    for (var i = 0; i < 30; i++) {
      webhooks.due("user-" + i % 3, URL);
    }

    var reserved =
        new Race<List<DueDelivery>>()
                .add(8, () -> webhooks.store().reserveDue(new SendingRoom(5, 5, 4), RESERVATION))
                .run()
                .stream()
                .flatMap(List::stream)
                .toList();

    assertThat(reserved).extracting(DueDelivery::deliveryId).doesNotHaveDuplicates();
    assertThat(reserved).hasSizeBetween(5, 12);
    while (!webhooks.reserve().isEmpty()) {
      // until all lanes are full
    }
    assertThat(
            webhooks
                .ledger()
                .asOwner
                .sql(
                    """
                    select max(n) from (
                      select count(*) as n from public.generation_webhook_deliveries
                      where sending_until > now() group by lane) as lane
                    """)
                .query(Integer.class)
                .single())
        .isEqualTo(4);
  }

  @Test
  void a_failed_try_is_repeated_after_its_delay() {
    var job = webhooks.due("ada", URL);

    var after = webhooks.fail(webhooks.reserve().getFirst(), MINUTE, Duration.ZERO);

    assertThat(after)
        .hasValueSatisfying(known -> {
          assertThat(known.state()).isEqualTo(DeliveryState.WAITING);
          assertThat(known.nextTryAt()).isNotNull();
          assertThat(known.first()).isTrue();
          assertThat(known.disabled()).isFalse();
        });
    var shown = webhooks.only(job);
    assertThat(shown.status()).isEqualTo(500);
    assertThat(shown.reply()).isEqualTo("oops");
    assertThat(shown.error()).isEqualTo("It answered 500.");
    assertThat(shown.nextTryAt()).isEqualTo(after.orElseThrow().nextTryAt());
    assertThat(webhooks.reserve()).isEmpty();
    webhooks.timePasses(MINUTE);
    var again = webhooks.reserve().getFirst();
    assertThat(again.number()).isEqualTo(2);
    assertThat(again.failures()).isOne();
    assertThat(webhooks.fail(again)).map(AfterFailure::first).contains(false);
  }

  @Test
  void what_an_endpoint_asks_to_wait_holds_for_all_of_its_deliveries() {
    webhooks.due("ada", URL);
    webhooks.due("ada", URL);
    var first = store.reserveDue(new SendingRoom(1, 1, 4), RESERVATION).getFirst();

    webhooks.fail(first, Duration.ofSeconds(1), Duration.ofMinutes(10));

    assertThat(webhooks.reserve()).isEmpty();
    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().waitUntil()).isNotNull();
    webhooks.timePasses(Duration.ofMinutes(9));
    assertThat(webhooks.reserve()).isEmpty();
    webhooks.timePasses(MINUTE);
    assertThat(webhooks.reserve()).hasSize(2);
  }

  @Test
  void a_longer_wait_than_the_patience_ends_with_a_last_try() {
    var job = webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst(), MINUTE, DAY);
    webhooks.timePasses(DAY);

    var after = webhooks.fail(webhooks.reserve().getFirst());

    assertThat(after).map(AfterFailure::state).contains(DeliveryState.FAILED);
    assertThat(webhooks.only(job).tries()).isEqualTo(2);
  }

  @Test
  void an_endpoint_that_is_down_for_six_hours_gets_all_of_its_events() {
    var jobs =
        List.of(webhooks.due("ada", URL), webhooks.due("ada", URL), webhooks.due("ada", URL));
    for (var hour = 0; hour < 6; hour++) {
      webhooks.reserve().forEach(webhooks::fail);
      webhooks.timePasses(Duration.ofHours(1));
    }
    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().failingSince()).isNotNull();

    webhooks.reserve().forEach(webhooks::deliver);

    assertThat(jobs)
        .allSatisfy(job -> {
          assertThat(webhooks.only(job).state()).isEqualTo(DeliveryState.DELIVERED);
          assertThat(webhooks.only(job).tries()).isEqualTo(7);
        });
    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().failingSince()).isNull();
  }

  @Test
  void a_day_of_failures_ends_the_delivery_and_disables_the_endpoint() {
    var job = webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst());
    webhooks.timePasses(DAY);
    var younger = webhooks.due("ada", URL);

    var due = webhooks.reserve();
    var after = webhooks.fail(of(job, due)).orElseThrow();

    assertThat(after.state()).isEqualTo(DeliveryState.FAILED);
    assertThat(after.disabled()).isTrue();
    assertThat(webhooks.only(job).state()).isEqualTo(DeliveryState.FAILED);
    var endpoint = webhooks.endpoints().of(ADA, 10).getFirst();
    assertThat(endpoint.disabledAt()).isNotNull();
    assertThat(endpoint.disabledReason())
        .startsWith("No delivery has succeeded since ")
        .endsWith("The last error: It answered 500.");
    assertThat(webhooks.fail(of(younger, due)).orElseThrow().disabled()).as("again").isFalse();
    assertThat(store.skipOfDisabled(due.getFirst().endpointId(), 100)).isOne();
    assertThat(webhooks.only(younger).state()).isEqualTo(DeliveryState.SKIPPED);
    assertThat(webhooks.queries().count().disabled()).isOne();
  }

  private static DueDelivery of(RequestId job, List<DueDelivery> due) {
    return due.stream().filter(each -> each.requestId().equals(job)).findFirst().orElseThrow();
  }

  @Test
  void a_success_now_and_then_keeps_an_endpoint_enabled() {
    webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst());
    webhooks.timePasses(Duration.ofHours(23));
    webhooks.due("ada", URL);
    var due = webhooks.reserve();
    assertThat(store.markDelivered(due.getFirst(), 200, "", false)).contains(true);
    webhooks.timePasses(Duration.ofHours(2));

    assertThat(webhooks.fail(due.getLast())).isPresent();

    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().disabledAt()).isNull();
  }

  @Test
  void an_endpoint_that_is_gone_is_disabled_at_once_until_its_owner_enables_it() {
    var first = webhooks.due("ada", URL);
    var second = webhooks.due("ada", URL);
    var due = store.reserveDue(new SendingRoom(1, 1, 4), RESERVATION).getFirst();

    var after = webhooks.gone(due).orElseThrow();

    assertThat(after.state()).isEqualTo(DeliveryState.FAILED);
    assertThat(after.disabled()).isTrue();
    assertThat(webhooks.reserve()).isEmpty(); // which skips what it finds
    assertThat(webhooks.only(second).state()).isEqualTo(DeliveryState.SKIPPED);
    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().disabledReason())
        .isEqualTo("It answered 410.");
    assertThat(
            store.redeliver(second, webhooks.only(second).deliveryId(), Visibility.ALL, PATIENCE))
        .isEqualTo(Redelivery.ENDPOINT_DISABLED);
    assertThat(redeliverAll(DeliveryState.SKIPPED)).isZero();

    assertThat(webhooks.endpoints().enable(ADA, URL).orElseThrow().disabledAt()).isNull();

    assertThat(webhooks.reserve()).isEmpty();
    assertThat(redeliverAll(DeliveryState.SKIPPED)).isOne();
    webhooks.reserve().forEach(webhooks::deliver);
    assertThat(webhooks.only(second).state()).isEqualTo(DeliveryState.DELIVERED);
    assertThat(webhooks.only(first).state()).isEqualTo(DeliveryState.FAILED);
  }

  @Test
  void a_redelivery_has_the_same_id_and_a_day_of_its_own() {
    var job = webhooks.due("ada", URL);
    var first = webhooks.reserve().getFirst();
    webhooks.deliver(first);
    webhooks.timePasses(DAY.multipliedBy(2));

    assertThat(store.redeliver(job, first.deliveryId(), Visibility.ALL, PATIENCE))
        .isEqualTo(Redelivery.ACCEPTED);

    var again = webhooks.reserve().getFirst();
    assertThat(again.deliveryId()).isEqualTo(first.deliveryId());
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(webhooks.fail(again))
        .map(AfterFailure::state)
        .as("retried for another day")
        .contains(DeliveryState.WAITING);
    assertThat(store.redeliver(job, UUID.randomUUID(), Visibility.ALL, PATIENCE))
        .isEqualTo(Redelivery.NO_SUCH_DELIVERY);
    assertThat(store.redeliver(webhooks.accept(null), first.deliveryId(), Visibility.ALL, PATIENCE))
        .as("of another job")
        .isEqualTo(Redelivery.NO_SUCH_DELIVERY);
  }

  @Test
  void what_is_being_sent_is_not_sent_beside_it() {
    var job = webhooks.due("ada", URL);
    var delivery = webhooks.reserve().getFirst();

    assertThat(store.redeliver(job, delivery.deliveryId(), Visibility.ALL, PATIENCE))
        .isEqualTo(Redelivery.ACCEPTED);

    assertThat(webhooks.reserve()).isEmpty();
    assertThat(webhooks.deliver(delivery)).isTrue();
    webhooks.timePasses(RESERVATION);
    assertThat(webhooks.reserve()).isEmpty();
  }

  @Test
  void deliveries_of_a_time_range_are_sent_again_by_owner_and_state() {
    var old = webhooks.due("ada", URL);
    webhooks.due("bob", OTHER);
    webhooks.reserve().forEach(webhooks::gone);
    webhooks.endpoints().enable(ADA, URL);
    webhooks.endpoints().enable(BOB, OTHER);
    webhooks.timePasses(Duration.ofDays(2));
    webhooks.due("ada", URL);
    webhooks.reserve().forEach(webhooks::deliver);
    var now = Instant.now().plusSeconds(1);

    assertThat(
            store.redeliverAll(
                ADA,
                now.minus(DAY),
                now,
                List.of(DeliveryState.FAILED, DeliveryState.SKIPPED),
                PATIENCE,
                10))
        .as("all of that day arrived")
        .isZero();
    assertThat(redeliverAll(DeliveryState.FAILED)).isOne();
    assertThat(webhooks.reserve()).extracting(DueDelivery::requestId).containsExactly(old);
    assertThat(redeliverAll(DeliveryState.DELIVERED)).isOne();
  }

  @Test
  void a_range_is_sent_again_in_slices() {
    for (var i = 0; i < 3; i++) {
      webhooks.due("ada", URL);
    }
    webhooks.reserve().forEach(webhooks::deliver);

    assertThat(
            store.redeliverAll(
                ADA,
                Instant.EPOCH,
                Instant.now().plusSeconds(1),
                List.of(DeliveryState.DELIVERED),
                PATIENCE,
                2))
        .isEqualTo(2);
    assertThat(redeliverAll(DeliveryState.DELIVERED)).isOne();
  }

  private int redeliverAll(DeliveryState state) {
    return store.redeliverAll(
        ADA, Instant.EPOCH, Instant.now().plusSeconds(1), List.of(state), PATIENCE, 10);
  }

  @Test
  void a_skipped_delivery_that_arrived_after_all_says_so() {
    var job = webhooks.due("ada", URL);
    var other = webhooks.due("ada", URL);
    var due = webhooks.reserve();
    webhooks.gone(of(other, due));
    store.skipOfDisabled(due.getFirst().endpointId(), 10);
    assertThat(webhooks.only(job).state()).isEqualTo(DeliveryState.SKIPPED);

    assertThat(webhooks.deliver(of(job, due))).isTrue();

    assertThat(webhooks.only(job).state()).isEqualTo(DeliveryState.DELIVERED);
    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().disabledAt()).isNotNull();
  }

  @Test
  void old_deliveries_are_deleted_in_slices_but_for_those_that_wait() {
    var delivered = webhooks.due("ada", URL);
    var waiting = webhooks.due("bob", OTHER);
    webhooks.reserve().stream()
        .filter(each -> each.requestId().equals(delivered))
        .forEach(webhooks::deliver);

    assertThat(webhooks.queries().forgetOld(Duration.ofMinutes(5), 10)).isZero();
    assertThat(webhooks.queries().forgetOld(Duration.ofSeconds(-5), 10)).isOne();

    assertThat(webhooks.queries().ofJob(delivered, Visibility.ALL, 10)).isEmpty();
    assertThat(webhooks.only(waiting)).isNotNull();
    assertThat(webhooks.queries().count().waiting()).isOne();
  }

  @Test
  void an_endpoint_without_events_is_forgotten_after_its_deliveries() {
    webhooks.due("ada", URL);
    var keep = Duration.ofDays(30);
    webhooks.timePasses(keep.plusDays(7));
    assertThat(webhooks.endpoints().forgetUnused(keep, 10)).isZero();
    webhooks.timePasses(Duration.ofDays(1));

    assertThat(webhooks.endpoints().forgetUnused(keep, 10)).isOne();
  }

  @Test
  void overdue_deliveries_are_measured() {
    assertThat(webhooks.queries().count().oldestDueSeconds()).isZero();
    webhooks.due("ada", URL);
    webhooks.timePasses(MINUTE);

    var counts = webhooks.queries().count();

    assertThat(counts.waiting()).isOne();
    assertThat(counts.oldestDueSeconds()).isBetween(60.0, 90.0);
    webhooks.fail(webhooks.reserve().getFirst(), MINUTE, Duration.ZERO);
    assertThat(webhooks.queries().count().oldestDueSeconds()).isZero();
  }
}
