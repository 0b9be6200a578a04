package dev.darkroom.ledger.webhooks;

import static dev.darkroom.ledger.webhooks.TestingWebhooks.ADA;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.RESERVATION;
import static dev.darkroom.ledger.webhooks.TestingWebhooks.URL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.darkroom.ledger.webhooks.DeliveryStore.AfterFailure;
import dev.darkroom.ledger.webhooks.DeliveryStore.SendingRoom;
import dev.darkroom.ledger.webhooks.WebhookDelivery.DeliveryState;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What follows from tries that fail. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeliveryFailureIT {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestingWebhooks webhooks = TestingWebhooks.empty();
  private final DeliveryStore store = webhooks.store();

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
    assertThat(webhooks.arrive(due.getFirst(), false)).contains(true);
    webhooks.timePasses(Duration.ofHours(2));

    assertThat(webhooks.fail(due.getLast())).isPresent();

    assertThat(webhooks.endpoints().of(ADA, 10).getFirst().disabledAt()).isNull();
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
  void each_try_is_kept_with_what_came_of_it() {
    var job = webhooks.due("ada", URL);
    webhooks.fail(webhooks.reserve().getFirst());
    webhooks.timePasses(MINUTE);
    var abandoned = webhooks.reserve().getFirst();
    webhooks.timePasses(RESERVATION);
    webhooks.reserve();
    assertThat(webhooks.deliver(abandoned)).as("a late success").isTrue();

    assertThat(tries(job).valueStream())
        .extracting(each -> each.get("number").intValue())
        .containsExactly(1, 2, 3);
    assertThat(tries(job).valueStream())
        .allSatisfy(each -> assertThat(each.get("at").stringValue()).endsWith("Z"))
        .extracting(each -> each.path("status").asInt(0), each -> each.path("millis").asInt(0))
        .containsExactly(tuple(500, 31), tuple(204, 31), tuple(0, 0));
    assertThat(tries(job).at("/0/error").stringValue()).isEqualTo("It answered 500.");
    assertThat(tries(job).get(1).has("error")).isFalse();
  }

  @Test
  void of_many_tries_the_latest_are_kept() {
    var job = webhooks.due("ada", URL);
    for (var tried = 1; tried <= 22; tried++) {
      webhooks.fail(webhooks.reserve().getFirst());
      webhooks.timePasses(MINUTE);
    }

    assertThat(tries(job).valueStream())
        .hasSize(20)
        .allSatisfy(each -> assertThat(each.get("status").intValue()).isEqualTo(500));
    assertThat(tries(job).at("/0/number").intValue()).isEqualTo(3);
  }

  private JsonNode tries(RequestId job) {
    return JsonMapper.shared().readTree(webhooks.only(job).log());
  }
}
