package dev.darkroom.ledger.webhooks;

import static dev.darkroom.ledger.webhooks.TestingWebhooks.RESERVATION;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.URL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.Race;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Which deliveries are sent when, and how long they are kept. */
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

  /** One whose answer ended every gateway was sent for ever. */
  @Test
  void what_no_gateway_reports_is_given_up_in_time() {
    var job = webhooks.due("ada", URL);
    assertThat(webhooks.reserve()).hasSize(1);
    webhooks.timePasses(DAY.minus(MINUTE));
    assertThat(webhooks.reserve()).as("before").hasSize(1);
    webhooks.timePasses(MINUTE);

    assertThat(webhooks.reserve()).isEmpty();

    var shown = webhooks.only(job);
    assertThat(shown.state()).isEqualTo(DeliveryState.FAILED);
    assertThat(shown.tries()).isEqualTo(2);
    assertThat(shown.error()).contains("before the outcome was known");
  }

  @Test
  void what_waited_for_its_last_try_or_its_first_has_it_after_its_time() {
    webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst(), DAY, Duration.ZERO);
    webhooks.due("bob", OTHER);
    webhooks.timePasses(DAY.plus(MINUTE));

    assertThat(webhooks.reserve())
        .extracting(DueDelivery::userId)
        .containsExactlyInAnyOrder("ada", "bob");
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
    webhooks.arrive(webhooks.reserve().getFirst(), true);
    webhooks.due("ada", URL);

    assertThat(store.reserveDue(new SendingRoom(10, 0, 4), RESERVATION)).isEmpty();
    var slow = webhooks.reserve().getFirst();
    assertThat(slow.troubled()).isTrue();
    assertThat(webhooks.arrive(slow, false)).contains(false);
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
