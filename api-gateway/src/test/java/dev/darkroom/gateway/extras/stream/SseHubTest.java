package dev.darkroom.gateway.extras.stream;

import static dev.darkroom.gateway.extras.stream.TestingSteps.step;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.stream.SseStream.StreamStart;
import dev.darkroom.gateway.http.RefusalLog;
import dev.darkroom.gateway.wait.EventDemand;
import dev.darkroom.ledger.log.LogTail;
import dev.darkroom.ledger.log.LogTail.TailPosition;
import dev.darkroom.model.RequestId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SseHubTest {
  private static final RequestId ONE = new RequestId(UUID.randomUUID());
  private static final RequestId OTHER = new RequestId(UUID.randomUUID());
  private static final Pattern ID = Pattern.compile("(?m)^id: (\\d+)$");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestingSteps log = new TestingSteps();
  private final SseEncoder encoder = new SseEncoder(JsonMapper.shared(), () -> 0);
  private final Map<SseStream, ByteArrayOutputStream> clients = new HashMap<>();

  @Test
  void a_stream_gets_the_steps_of_its_user_or_its_requests_and_no_others() throws Exception {
    var hub = hub(10, 10);
    var ada = join(hub, ofUser("ada"));
    var one = join(hub, ofRequests(ONE));
    var both = join(hub, ofRequests(ONE, OTHER));
    log.add(step(8, ONE, "ada"));
    log.add(step(9, OTHER, "bob"));
    log.add(step(10, OTHER, "ada"));
    hub.run();

    assertThat(sent(ada)).containsExactly(8L, 10L);
    assertThat(sent(one)).containsExactly(8L);
    assertThat(sent(both)).containsExactly(8L, 9L, 10L);
    assertThat(meters.counter("darkroom.live.steps").count()).isEqualTo(6);
    assertThat(meters.timer("darkroom.live.delay").count()).isEqualTo(3);
  }

  @Test
  void a_stream_that_joins_later_learns_what_was_dispatched_before() throws Exception {
    log.add(step(7, ONE, "ada"));
    var hub = hub(10, 10);
    assertThat(hub.join(stream(ofUser("ada"), 10))).hasValue(new TailPosition(7, Set.of()));
    log.add(step(9, ONE, "ada"));
    assertThat(hub.join(stream(ofUser("ada"), 10)))
        .as("nothing was dispatched yet")
        .hasValue(new TailPosition(7, Set.of()));
    hub.run();
    assertThat(hub.join(stream(ofUser("ada"), 10))).hasValue(new TailPosition(9, Set.of(8L)));
  }

  @Test
  void a_step_that_is_committed_late_is_sent_after_others() throws Exception {
    var hub = hub(10, 10);
    var ada = join(hub, ofUser("ada"));
    log.add(step(2, OTHER, "ada"));
    hub.run();
    log.add(step(1, ONE, "ada"));
    hub.run();
    hub.run();

    assertThat(sent(ada)).containsExactly(2L, 1L);
  }

  @Test
  void a_client_that_is_too_slow_is_dropped_once_and_the_others_are_not() throws Exception {
    var hub = hub(10, 3);
    var slow = join(hub, ofUser("ada"));
    var other = join(hub, ofUser("bob"));
    for (var seq = 1; seq <= 5; seq++) {
      log.add(step(seq, ONE, "ada"));
      hub.run();
    }

    assertThat(slow.isClosed()).isTrue();
    assertThat(other.isClosed()).isFalse();
    assertThat(meters.counter("darkroom.live.dropped").count()).isEqualTo(1);
  }

  @Test
  void when_the_ledger_went_back_what_waits_is_void() throws Exception {
    log.add(step(7, ONE, "ada"));
    var hub = hub(10, 10);
    var ada = join(hub, ofUser("ada"));
    log.add(step(8, ONE, "ada"));
    hub.run();
    log.clear();
    log.add(step(3, ONE, "ada"));
    hub.run();
    log.add(step(4, ONE, "ada"));
    hub.run();

    assertThat(sent(ada)).as("a reset, and what came since").containsExactly(3L, 4L);
    assertThat(meters.counter("darkroom.live.resets", "reason", "ledger_went_back").count())
        .isEqualTo(1);
  }

  @Test
  void there_is_a_limit_of_streams() {
    var hub = hub(2, 1);
    var first = join(hub, ofUser("ada"));
    join(hub, ofUser("bob"));
    assertThat(hub.join(stream(ofUser("cyd"), 1))).isEmpty();
    hub.leave(first);
    assertThat(hub.join(stream(ofUser("cyd"), 1))).isPresent();
  }

  @Test
  void without_streams_nothing_is_read_and_the_next_one_begins_at_the_end() throws Exception {
    var hub = hub(10, 10);
    var first = join(hub, ofUser("ada"));
    hub.leave(first);
    log.add(step(20, ONE, "ada"));
    assertThat(hub.run()).isFalse();

    assertThat(hub.join(stream(ofUser("ada"), 10))).hasValue(new TailPosition(20, Set.of()));
  }

  @Test
  void who_joins_reads_the_ledger_without_the_lock_and_the_first_one_decides_the_position() {
    var hubs = new ArrayList<SseHub>();
    var reads = new AtomicInteger();
    hubs.add(
        hub(
            () -> {
              assertThat(Thread.holdsLock(hubs.getFirst())).isFalse();
              var tail = new LogTail(log, () -> TestingSteps.NOON);
              if (reads.incrementAndGet() == 1) { // another one joins meanwhile
                log.add(step(7, ONE, "ada"));
                join(hubs.getFirst(), ofUser("bob"));
              }
              return tail;
            },
            10,
            10));

    assertThat(hubs.getFirst().join(stream(ofUser("ada"), 10)))
        .hasValue(new TailPosition(7, Set.of()));
    assertThat(reads).hasValue(2);
  }

  @Test
  void a_stop_ends_every_stream_and_none_joins_any_more() {
    var hub = hub(10, 10);
    var stream = join(hub, ofRequests(ONE, OTHER));
    hub.shutDown();

    assertThat(stream.isClosed()).isTrue();
    assertThat(hub.join(stream(ofUser("ada"), 1))).isEmpty();
  }

  private SseHub hub(int listeners, int queue) {
    return hub(() -> new LogTail(log, () -> TestingSteps.NOON), listeners, queue);
  }

  private SseHub hub(Supplier<LogTail> tails, int listeners, int queue) {
    return new SseHub(
        tails,
        encoder,
        settings(listeners, queue),
        () -> TestingSteps.NOON,
        meters,
        new RefusalLog(meters),
        new EventDemand());
  }

  private static StreamSettings settings(int listeners, int queue) {
    return new StreamSettings(listeners, 0, queue, Duration.ZERO, Duration.ofMillis(1));
  }

  private SseStream join(SseHub hub, Subscription subscription) {
    var stream = stream(subscription, 3);
    assertThat(hub.join(stream)).isPresent();
    return stream;
  }

  private SseStream stream(Subscription subscription, int queue) {
    var client = new ByteArrayOutputStream();
    var stream =
        new SseStream(
            subscription,
            new StreamStart(0, subscription.requestIds(), null),
            log,
            encoder,
            settings(1, queue),
            ReplyLinks.PLAIN,
            untilHeartbeat(client));
    clients.put(stream, client);
    return stream;
  }

  /** The client goes when nothing more comes. */
  private static OutputStream untilHeartbeat(OutputStream client) {
    return new java.io.FilterOutputStream(client) {
      @Override
      public void write(byte[] bytes) throws IOException {
        if (new String(bytes, UTF_8).equals(": still here\n\n")) {
          throw new IOException("Broken pipe");
        }
        out.write(bytes);
      }
    };
  }

  private List<Long> sent(SseStream stream) throws InterruptedException {
    try {
      stream.write(new TailPosition(0, Set.of()));
    } catch (IOException e) {
      assertThat(e).hasMessage("Broken pipe");
    }
    return ID.matcher(Objects.requireNonNull(clients.get(stream)).toString(UTF_8))
        .results()
        .map(found -> Long.valueOf(found.group(1)))
        .toList();
  }

  static Subscription ofUser(String userId) {
    return new Subscription(Optional.of(userId), Set.of(), OptionalLong.empty());
  }

  static Subscription ofRequests(RequestId... ids) {
    return new Subscription(Optional.empty(), Set.of(ids), OptionalLong.empty());
  }
}
