package dev.darkroom.gateway.extras.stream;

import static dev.darkroom.gateway.extras.stream.SseHubTest.ofRequests;
import static dev.darkroom.gateway.extras.stream.SseHubTest.ofUser;
import static dev.darkroom.gateway.extras.stream.TestingSteps.step;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.gateway.access.ReplyLinks;
import dev.darkroom.gateway.extras.stream.SseEncoder.ResetReason;
import dev.darkroom.gateway.extras.stream.SseStream.StreamStart;
import dev.darkroom.ledger.log.LogEntry;
import dev.darkroom.ledger.log.LogTail.TailPosition;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SseStreamTest {
  private static final RequestId ONE = new RequestId(UUID.randomUUID());
  private static final RequestId OTHER = new RequestId(UUID.randomUUID());
  private static final Pattern ID = Pattern.compile("(?m)^id: (\\d+)$");

  private final SseEncoder encoder = new SseEncoder(JsonMapper.shared(), () -> 0);
  private final TestingSteps ledger = new TestingSteps();
  private final ByteArrayOutputStream client = new ByteArrayOutputStream();

  @Test
  void a_request_is_sent_from_its_first_step_to_its_last_with_what_is_dispatched_meanwhile()
      throws Exception {
    ledger.add(step(3, ONE, "ada"));
    ledger.add(step(5, ONE, "ada"));
    var stream = stream(ofRequests(ONE), 0);
    offer(stream, step(7, ONE, "ada", JobStatus.COMPLETED));
    stream.write(upTo(5));

    assertThat(sent()).containsExactly(3L, 5L, 7L);
  }

  @Test
  void an_event_is_its_number_and_its_row_on_one_line() throws Exception {
    var stream = stream(ofRequests(ONE), 0);
    offer(stream, step(7, ONE, "ada", JobStatus.FAILED));
    stream.write(upTo(0));

    assertThat(text())
        .isEqualTo(
            """
            retry: 1000
            : steps follow

            id: 7
            data: {"id":"00000000-0000-0000-0000-000000000007","request_id":"%s","user_id":"ada",\
            "prompt":"a lighthouse\\nat dusk","status":"failed","step":"calling_nebius_api",\
            "details":{"attempt":1},"image_url":null,"created_at":"2026-11-24T12:00:00.000Z"}

            """
                .formatted(ONE));
  }

  @Test
  void a_resumed_stream_has_no_gap_and_repeats_nothing() throws Exception {
    for (var seq = 1; seq <= 500; seq++) {
      ledger.add(step(seq, ONE, "ada"));
    }
    var stream = stream(ofRequests(ONE), 50);
    offer(stream, step(501, ONE, "ada", JobStatus.COMPLETED));
    stream.write(upTo(500));

    assertThat(sent()).hasSize(451).startsWith(51L).endsWith(501L).isSorted();
  }

  @Test
  void a_step_that_was_missing_when_the_stream_joined_is_sent_once() throws Exception {
    ledger.add(step(1, ONE, "ada"));
    ledger.add(step(2, ONE, "ada")); // committed since the position was reached
    ledger.add(step(3, OTHER, "ada"));
    var stream = stream(ofUser("ada"), 0);
    offer(stream, step(2, ONE, "ada"));
    writeUntilIdle(stream, new TailPosition(3, Set.of(2L)));

    assertThat(sent()).containsExactly(1L, 3L, 2L);
  }

  @Test
  void a_client_that_got_more_from_another_gateway_gets_no_step_of_its_request_twice()
      throws Exception {
    var stream = stream(ofRequests(ONE), 5);
    offer(stream, step(4, ONE, "ada"));
    offer(stream, step(5, ONE, "ada"));
    offer(stream, step(6, ONE, "ada", JobStatus.COMPLETED));
    stream.write(upTo(3));

    assertThat(sent()).containsExactly(6L);
  }

  @Test
  void of_several_requests_a_late_step_is_sent_and_the_stream_ends_when_all_have_ended()
      throws Exception {
    var stream = stream(ofRequests(ONE, OTHER), 5);
    offer(stream, step(6, ONE, "ada", JobStatus.COMPLETED));
    offer(stream, step(4, OTHER, "bob", JobStatus.FAILED));
    stream.write(upTo(5));

    assertThat(sent()).containsExactly(6L, 4L);
  }

  @Test
  void after_the_ledger_went_back_requests_begin_with_their_first_step() throws Exception {
    ledger.add(step(1, ONE, "ada", JobStatus.COMPLETED));
    var stream = stream(ofRequests(ONE, OTHER), 9);
    stream.restart(upTo(1)); // the other request is lost
    stream.write(upTo(9));

    assertThat(text())
        .contains("id: 0\nevent: reset\ndata: {\"reason\":\"ledger_went_back\"}\n\nid: 1\n");
  }

  @Test
  void after_the_ledger_went_back_a_user_s_stream_goes_on_from_its_new_end() throws Exception {
    ledger.add(step(1, ONE, "ada"));
    var stream = stream(ofUser("ada"), 9);
    stream.restart(upTo(1));
    offer(stream, step(2, ONE, "ada"));
    writeUntilIdle(stream, upTo(9));

    assertThat(sent()).containsExactly(1L, 2L);
    assertThat(text()).contains("id: 1\nevent: reset\n");
  }

  @Test
  void a_client_whose_last_event_does_not_exist_begins_anew() throws Exception {
    ledger.add(step(1, ONE, "ada", JobStatus.FAILED));
    stream(ofRequests(ONE), 0, ResetReason.UNKNOWN_EVENT, client).write(upTo(1));

    assertThat(text()).contains("data: {\"reason\":\"unknown_event\"}\n\nid: 1\n");
  }

  @Test
  void in_an_outage_of_the_ledger_the_stream_stays_open() throws Exception {
    ledger.outages = 1;
    ledger.add(step(1, ONE, "ada", JobStatus.FAILED));
    stream(ofRequests(ONE), 0).write(upTo(1));

    assertThat(text()).contains(": still here\n\nid: 1\n");
  }

  @Test
  void in_a_long_outage_the_ledger_is_asked_less_and_less_often() {
    assertThat(IntStream.range(0, 6).mapToObj(SseStream::pauseAfter).map(Duration::toSeconds))
        .containsExactly(1L, 2L, 4L, 8L, 8L, 8L);
    assertThat(SseStream.pauseAfter(Integer.MAX_VALUE)).hasSeconds(8);
  }

  @Test
  void a_client_that_is_gone_ends_its_stream() {
    var gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    var stream = stream(ofUser("ada"), 0, null, gone);
    assertThatThrownBy(() -> stream.write(upTo(0))).hasMessage("Broken pipe");
  }

  private SseStream stream(Subscription subscription, long after) {
    return stream(subscription, after, null, client);
  }

  private SseStream stream(
      Subscription subscription, long after, @Nullable ResetReason reset, OutputStream out) {
    return new SseStream(
        subscription,
        new StreamStart(after, subscription.requestIds(), reset),
        ledger,
        encoder,
        new StreamSettings(1, 0, 10, Duration.ofSeconds(1), Duration.ofMillis(5)),
        ReplyLinks.PLAIN,
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes) throws IOException {
            this.out.write(bytes);
            if (subscription.isOfUser() && text().endsWith(": still here\n\n")) {
              throw new IOException("idle");
            }
          }
        });
  }

  /** A user's stream has no end of its own. */
  private static void writeUntilIdle(SseStream stream, TailPosition position) {
    assertThatThrownBy(() -> stream.write(position)).hasMessage("idle");
  }

  private void offer(SseStream stream, LogEntry step) {
    assertThat(stream.offer(step, encoder.step(step))).isTrue();
  }

  private static TailPosition upTo(long seq) {
    return new TailPosition(seq, Set.of());
  }

  private List<Long> sent() {
    return ID.matcher(text()).results().map(found -> Long.valueOf(found.group(1))).toList();
  }

  private String text() {
    return client.toString(UTF_8);
  }
}
