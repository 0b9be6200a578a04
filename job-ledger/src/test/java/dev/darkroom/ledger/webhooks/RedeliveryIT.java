package dev.darkroom.ledger.webhooks;

import static dev.darkroom.ledger.webhooks.TestingWebhooks.ADA;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.BOB;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.PATIENCE;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.RESERVATION;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.URL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.webhooks.DeliveryStore.AfterFailure;
import dev.darkroom.ledger.webhooks.DeliveryStore.Redelivery;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Deliveries that their owner wants to be sent again. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RedeliveryIT {
  private static final String OTHER = "https://bob.example.com/hooks";
  private static final Duration DAY = Duration.ofHours(24);

  private final TestingWebhooks webhooks = TestingWebhooks.empty();
  private final DeliveryStore store = webhooks.store();

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
}
