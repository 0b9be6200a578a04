package dev.darkroom.gateway.extras.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.NumberedStep;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ListenersTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final RequestId ONE = new RequestId(UUID.randomUUID());
  private static final RequestId OTHER = new RequestId(UUID.randomUUID());

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Listeners listeners = listeners(10);

  @Test
  void a_listener_hears_the_steps_of_its_user_or_its_requests_and_no_others() throws Exception {
    var ada = join(new Wanted.OfUser("ada"), 10);
    var one = join(new Wanted.OfRequests(Set.of(ONE)), 10);
    var both = join(new Wanted.OfRequests(Set.of(ONE, OTHER)), 10);
    listeners.hear(List.of(), 7);
    listeners.hear(List.of(step(8, ONE, "ada"), step(9, OTHER, "bob"), step(10, OTHER, "ada")), 10);

    assertThat(heard(ada)).containsExactly("joined 7", "8", "10");
    assertThat(heard(one)).containsExactly("joined 7", "8");
    assertThat(heard(both)).containsExactly("joined 7", "8", "9", "10");
    assertThat(meters.counter("darkroom.live.steps").count()).isEqualTo(6);
    assertThat(meters.timer("darkroom.live.delay").count()).isEqualTo(3);
  }

  @Test
  void who_joins_later_is_told_where_the_others_are() throws Exception {
    var early = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(), 7);
    listeners.hear(List.of(step(8, ONE, "ada")), 8);
    var late = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(step(9, ONE, "ada")), 9);

    assertThat(heard(early)).containsExactly("joined 7", "8", "9");
    assertThat(heard(late)).containsExactly("joined 8", "9");
  }

  @Test
  void who_was_there_before_the_log_is_read_is_not_told_what_the_first_look_brought()
      throws Exception {
    var listener = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(step(8, ONE, "ada")), 8); // it finds that in the ledger

    assertThat(heard(listener)).containsExactly("joined 8");
  }

  @Test
  void a_listener_that_is_too_slow_is_dropped_and_the_others_are_not() throws Exception {
    var slow = join(new Wanted.OfUser("ada"), 3);
    var quick = join(new Wanted.OfUser("ada"), 3);
    listeners.hear(List.of(), 0);
    for (var seq = 1; seq <= 3; seq++) {
      assertThat(heard(quick)).isNotEmpty();
      listeners.hear(List.of(step(seq, ONE, "ada")), seq);
    }

    assertThat(slow.isOver()).isTrue();
    assertThat(heard(slow)).containsExactly("over");
    assertThat(heard(quick)).containsExactly("3");
    assertThat(meters.counter("darkroom.live.dropped").count()).isEqualTo(1);
    listeners.hear(List.of(step(4, ONE, "ada")), 4);
    assertThat(meters.counter("darkroom.live.dropped").count())
        .as("it is dropped once")
        .isEqualTo(1);
  }

  @Test
  void when_the_log_went_back_what_was_not_heard_is_void_and_nobody_joins_at_the_old_place()
      throws Exception {
    var early = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(), 7);
    listeners.hear(List.of(step(8, ONE, "ada")), 8);
    listeners.logWentBack();
    var late = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(), 3);
    listeners.hear(List.of(step(4, ONE, "ada")), 4);

    assertThat(heard(early)).containsExactly("went back", "joined 3", "4");
    assertThat(heard(late)).containsExactly("joined 3", "4");
  }

  @Test
  void there_is_a_limit_of_listeners() {
    var two = listeners(2);
    var first = new Listener(new Wanted.OfUser("ada"), 1);
    assertThat(two.join(first)).isTrue();
    assertThat(two.join(new Listener(new Wanted.OfUser("bob"), 1))).isTrue();
    assertThat(two.join(new Listener(new Wanted.OfUser("cyd"), 1))).isFalse();
    two.leave(first);
    assertThat(two.join(new Listener(new Wanted.OfUser("cyd"), 1))).isTrue();
  }

  @Test
  void where_nobody_listens_nobody_knows_where_the_log_ends() throws Exception {
    var first = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(), 7);
    assertThat(listeners.areGone()).isFalse();
    listeners.leave(first);
    assertThat(listeners.areGone()).isTrue();

    var second = join(new Wanted.OfUser("ada"), 10);
    listeners.hear(List.of(), 20);
    assertThat(heard(second)).containsExactly("joined 20");
  }

  @Test
  void a_stop_ends_every_stream_and_nobody_joins_any_more() throws Exception {
    var listener = join(new Wanted.OfRequests(Set.of(ONE, OTHER)), 10);
    listeners.close();

    assertThat(heard(listener)).containsExactly("over");
    assertThat(listeners.join(new Listener(new Wanted.OfUser("ada"), 1))).isFalse();
  }

  private Listeners listeners(int most) {
    var settings =
        new LiveSettings(
            most,
            0,
            1,
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    var opened =
        new Listeners(
            settings,
            new WriteEvents(JsonMapper.shared(), () -> 0),
            () -> NOON,
            meters,
            new RefusalLog(meters));
    opened.open();
    return opened;
  }

  private Listener join(Wanted wanted, int queue) {
    var listener = new Listener(wanted, queue);
    assertThat(listeners.join(listener)).isTrue();
    return listener;
  }

  /** All that it has not heard yet. */
  private static List<String> heard(Listener listener) throws InterruptedException {
    var heard = new ArrayList<String>();
    while (true) {
      switch (listener.next(Duration.ZERO)) {
        case News.Joined(var upTo) -> heard.add("joined " + upTo);
        case News.StepTaken step -> heard.add(String.valueOf(step.seq()));
        case News.WentBack _ -> heard.add("went back");
        case News.Over _ -> {
          heard.add("over");
          return heard;
        }
        case News.Nothing _ -> {
          return heard;
        }
      }
    }
  }

  static NumberedStep step(long seq, RequestId request, String user) {
    return step(seq, request, user, JobStatus.PROCESSING);
  }

  static NumberedStep step(long seq, RequestId request, String user, JobStatus status) {
    return new NumberedStep(
        seq,
        new LogEntry(
            seq,
            new UUID(0, seq),
            request,
            user,
            "a lighthouse\nat dusk",
            status,
            "calling_nebius_api",
            Map.of("attempt", 1),
            null,
            NOON));
  }
}
