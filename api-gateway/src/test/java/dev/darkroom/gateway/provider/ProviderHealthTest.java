package dev.darkroom.gateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.provider.ProviderState.Availability;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import dev.darkroom.ledger.statistics.RecentAttempts.WorkerActivity;
import dev.darkroom.model.ProviderRefusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProviderHealthTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final WorkerActivity QUIET = workers(false, null, null);
  private static final WorkerActivity BUSY = workers(true, null, NOW);

  /** Attempts are written latest first: + went well, letters failed. */
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "+, well, -",
        "++++++++++a+++++++++, well, -",
        "++++++++++a+++b+++++, struggling, a",
        "++a, struggling, a",
        "a, struggling, a",
        "ab, struggling, a",
        "a+b, struggling, a",
        "abc, away, a",
        "abc+++++++++++++++++, away, a",
        "abcdefghijklmnopqrst, away, a",
        "+abc, struggling, a"
      })
  void the_latest_attempts_tell_how_nebius_is(
      String attempts, String state, @Nullable String reason) {
    var latest = new ArrayList<Answered>();
    attempts
        .chars()
        .mapToObj(Character::toString)
        .forEach(c ->
            latest.add(
                c.equals("+") ? well(latest.size()) : failed("bad_reply", c, latest.size())));

    var nebius = new ProviderHealth(latest, QUIET).state();

    assertThat(nebius.state().word()).isEqualTo(state);
    assertThat(nebius.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "Nebius refused the API key of this service; its operator has to mend that., KEY_REFUSED",
    "Nebius refused to bill this service; its operator has to mend that., BALANCE_EXHAUSTED",
    "Nebius refused access to this service; its operator has to mend that., ACCESS_REFUSED",
    "Nebius does not offer the model that this job asks for., MODEL_UNKNOWN",
    "something new, MISCONFIGURED"
  })
  void one_refusal_of_ours_holds_until_a_later_call_succeeds(String reason, HoldUp code) {
    var refused = failed("misconfigured", reason, 10);
    var goods = new ArrayList<Answered>();
    for (var ago = 11; ago < 30; ago++) {
      goods.add(well(ago));
    }
    goods.addFirst(refused);
    goods.addFirst(well(5, 20)); // it was under way already

    var paused = new ProviderHealth(goods, BUSY).state();
    assertThat(paused.state()).isEqualTo(Availability.AWAY);
    assertThat(paused.code()).isEqualTo(code);
    assertThat(paused.paused()).isTrue();
    assertThat(paused.promising()).isFalse();

    goods.addFirst(well(1, 8));
    var mended = new ProviderHealth(goods, BUSY).state();
    assertThat(mended.state()).isEqualTo(Availability.WELL);
    assertThat(mended.promising()).isTrue();
  }

  @Test
  void a_limit_holds_until_its_pause_is_over_and_a_call_was_let_through() {
    var limited = limited(4, NOW.plusSeconds(6));

    var paused = new ProviderHealth(List.of(well(1, 9), limited, well(20)), BUSY).state();
    assertThat(paused.state()).isEqualTo(Availability.STRUGGLING);
    assertThat(paused.code()).isEqualTo(HoldUp.RATE_LIMITED);
    assertThat(paused.paused()).isTrue();
    assertThat(paused.promising()).isFalse();
    assertThat(paused.nextTryAt()).isEqualTo(NOW.plusSeconds(6));

    var over = limited(20, NOW.minusSeconds(10));
    var nobodyTries = new ProviderHealth(List.of(over), QUIET).state();
    assertThat(nobodyTries.paused()).isTrue();
    assertThat(nobodyTries.nextTryAt()).isNull();
    assertThat(new ProviderHealth(List.of(over), BUSY).state().paused()).isFalse();
    assertThat(new ProviderHealth(List.of(well(1, 5), over), BUSY).state().state())
        .isEqualTo(Availability.WELL);
  }

  @Test
  void nobody_pauses_for_an_hour_whatever_was_asked_for() {
    var limited = limited(4, NOW.plusSeconds(3_600));
    assertThat(new ProviderHealth(List.of(limited), QUIET).state().nextTryAt())
        .isBeforeOrEqualTo(NOW.plusSeconds(60));
  }

  @Test
  void what_was_heard_last_counts_where_causes_differ() {
    var refused = failed("misconfigured", ProviderRefusal.KEY.sentence(), 60);
    var down = failed("provider_unavailable", "No route.", 5);
    assertThat(new ProviderHealth(List.of(down, refused), QUIET).state().code())
        .isEqualTo(HoldUp.UNREACHABLE);
  }

  @Test
  void one_failure_is_an_outage_where_jobs_are_due_and_nobody_calls() {
    var down = failed("provider_unavailable", "No route.", 5);
    var stuck = workers(false, NOW.minusSeconds(3), NOW.minusSeconds(5));

    assertThat(new ProviderHealth(List.of(down), QUIET).state().paused()).isFalse();
    assertThat(new ProviderHealth(List.of(down), QUIET).state().promising()).isFalse();
    assertThat(new ProviderHealth(List.of(down), stuck).state().paused()).isTrue();
    assertThat(new ProviderHealth(List.of(down), stuck).state().state())
        .isEqualTo(Availability.AWAY);
  }

  @Test
  void a_store_that_keeps_nothing_is_said_to_be_the_store() {
    var stuck = workers(false, NOW.minusSeconds(3), NOW.minusSeconds(5));
    assertThat(
            new ProviderHealth(List.of(failed("picture_not_stored", "Full.", 5)), stuck)
                .state()
                .code())
        .isEqualTo(HoldUp.PICTURE_NOT_STORED);
  }

  @Test
  void failures_among_many_pictures_hold_nobody_up() {
    var mixed = List.of(well(1, 12), well(2, 12), failed("bad_reply", "a", 3), well(4, 12));
    var state = new ProviderHealth(mixed, BUSY).state();
    assertThat(state.state()).isEqualTo(Availability.STRUGGLING);
    assertThat(state.paused()).isFalse();
    assertThat(state.promising()).isTrue();
  }

  @Test
  void jobs_that_nobody_takes_are_said_to_have_no_worker() {
    var waiting = NOW.minusSeconds(30);
    assertThat(new ProviderHealth(List.of(well(60)), workers(false, waiting, null)).state())
        .extracting(ProviderState::code, ProviderState::paused, ProviderState::promising)
        .containsExactly(HoldUp.NO_WORKER, true, false);
    assertThat(
            new ProviderHealth(List.of(), workers(false, waiting, NOW.minusSeconds(5)))
                .state()
                .state())
        .isEqualTo(Availability.IDLE);
    assertThat(new ProviderHealth(List.of(), workers(true, waiting, null)).state().state())
        .isEqualTo(Availability.IDLE);
    assertThat(new ProviderHealth(List.of(), QUIET).state().state()).isEqualTo(Availability.IDLE);
  }

  @Test
  void of_several_providers_the_best_off_counts() {
    var refused = failed("misconfigured", ProviderRefusal.KEY.sentence(), 1);
    var ofSpare = new Answered(null, null, true, NOW, NOW, null, "spare");

    assertThat(ProviderWatch.stateOf(List.of(refused), BUSY).state()).isEqualTo(Availability.AWAY);
    assertThat(ProviderWatch.stateOf(List.of(refused, ofSpare), BUSY).state())
        .isEqualTo(Availability.WELL);
    assertThat(ProviderWatch.stateOf(List.of(), BUSY).state()).isEqualTo(Availability.IDLE);
  }

  private static WorkerActivity workers(
      boolean running, @Nullable Instant waiting, @Nullable Instant calledAt) {
    return new WorkerActivity(running, waiting, waiting != null, calledAt, null, NOW);
  }

  private static Answered well(int endedAgo) {
    return well(endedAgo, endedAgo);
  }

  private static Answered well(int endedAgo, int begunAgo) {
    return new Answered(
        null, null, true, NOW.minusSeconds(begunAgo), NOW.minusSeconds(endedAgo), null, "nebius");
  }

  private static Answered failed(String code, String reason, int ago) {
    var at = NOW.minusSeconds(ago);
    return new Answered(code, reason, false, at, at, NOW.plusSeconds(1), "nebius");
  }

  private static Answered limited(int ago, Instant dueAt) {
    var at = NOW.minusSeconds(ago);
    return new Answered("rate_limited", "Nebius answered 429.", true, at, at, dueAt, "nebius");
  }
}
