package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.jobs.Attempt;
import dev.darkroom.ledger.jobs.JobStore;
import dev.darkroom.ledger.jobs.PictureRecord;
import dev.darkroom.ledger.jobs.RetryableFailure;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.model.Step;
import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * A job behind a closed gate was promised a picture at any moment, for as long as it was closed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HeldUpJobIT {
  private static final RunningGateway GATEWAY =
      RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka());
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private final TestingWorker worker = TestingWorker.of(GATEWAY);

  @AfterAll
  static void close() {
    GATEWAY.close();
  }

  static Stream<Arguments> hold_ups() {
    return Stream.of(
        Arguments.of("rate_limited", "Nebius answered 429.", "rate_limited", "Rate limited"),
        Arguments.of("misconfigured", ProviderRefusal.KEY.sentence(), "key_refused", "API key"),
        Arguments.of(
            "misconfigured", ProviderRefusal.BALANCE.sentence(), "balance_exhausted", "pay"),
        Arguments.of("provider_unavailable", "No route.", "unreachable", "not reachable"),
        Arguments.of("picture_not_stored", "Full.", "picture_not_stored", "cannot be stored"));
  }

  @ParameterizedTest
  @MethodSource("hold_ups")
  void what_was_heard_last_of_nebius_holds_for_every_job_until_a_later_call_succeeds(
      String code, String reason, String heldUpBy, String words) {
    drawn(GATEWAY.submit("before"));
    var other = GATEWAY.submit("other");
    await().untilAsserted(() -> assertThat(queue(other).has("expectedAt")).isTrue());
    assertThat(view(other).get("waitingFor").asString()).contains("in line");

    var told = GATEWAY.submit("told");
    GATEWAY
        .bean(JobStore.class)
        .rescheduleIfHeld(
            worker.claim(told),
            new RetryableFailure(Step.ATTEMPT_FAILED, code, reason, false, PAUSE));

    await()
        .untilAsserted(
            () -> assertThat(queue(other).path("heldUpBy").asString("")).isEqualTo(heldUpBy));
    for (var job : new String[] {other, told}) {
      assertThat(queue(job).has("expectedAt")).isFalse();
      assertThat(view(job).get("waitingFor").asString()).contains(words);
    }
    var nebius = GATEWAY.get("/api/stats").json().get("nebius");
    assertThat(nebius.get("code").asString()).isEqualTo(heldUpBy);
    assertThat(nebius.get("reason").asString()).isEqualTo(reason);
    assertThat(nebius.get("paused").booleanValue()).isTrue();
    assertThat(nebius.has("nextTryAt")).isEqualTo(code.equals("rate_limited"));

    var waits = GATEWAY.submit("waits");
    drawn(other);
    await().untilAsserted(() -> assertThat(queue(waits).has("expectedAt")).isTrue());
    assertThat(queue(waits).has("heldUpBy")).isFalse();
    drawn(waits);
  }

  @Test
  void the_next_try_after_a_limit_is_when_its_pause_is_over() {
    drawn(GATEWAY.submit("before"));
    var told = GATEWAY.submit("told");
    var limited =
        new RetryableFailure(
            Step.ATTEMPT_FAILED, "rate_limited", "Nebius answered 429.", false, PAUSE);
    GATEWAY.bean(JobStore.class).rescheduleIfHeld(worker.claim(told), limited);
    var other = GATEWAY.submit("other");

    await().untilAsserted(() -> assertThat(queue(other).has("nextTryAt")).isTrue());
    assertThat(Instant.parse(queue(other).get("nextTryAt").asString()))
        .isBetween(Instant.now(), Instant.now().plus(PAUSE));
    drawn(other);
  }

  private void drawn(String job) {
    var attempt = attempt(job);
    var picture =
        new PictureRecord(
            "/generated/" + job + ".webp", TestingWorker.SHA256, "image/webp", 12_345);
    var details = Map.of("source", "nebius", "callMillis", 100, "savingMillis", 10);
    assertThat(worker.outcomeStore().completeIfCurrent(attempt, picture, details)).isPresent();
  }

  private Attempt attempt(String job) {
    return worker.claim(job);
  }

  private static JsonNode view(String job) {
    return GATEWAY.get("/api/generate/" + job).json();
  }

  private static JsonNode queue(String job) {
    return view(job).path("queue");
  }
}
