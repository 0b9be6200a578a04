package dev.darkroom.gateway.extras.stream;

import static dev.darkroom.gateway.extras.stream.ListenersTest.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.log.NumberedStep;
import dev.darkroom.model.JobStatus;
import dev.darkroom.model.RequestId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.TransientDataAccessResourceException;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TellStepsTest {
  private static final RequestId ONE = new RequestId(UUID.randomUUID());
  private static final RequestId OTHER = new RequestId(UUID.randomUUID());
  private static final Pattern ID = Pattern.compile("(?m)^id: (\\d+)$");

  private final WriteEvents events = new WriteEvents(JsonMapper.shared(), () -> 0);
  private final List<NumberedStep> ledger = new ArrayList<>();
  private final ByteArrayOutputStream client = new ByteArrayOutputStream();
  private int outages;

  @Test
  void a_request_is_told_from_its_first_step_to_its_last_whatever_was_handed_out_meanwhile()
      throws Exception {
    ledger.add(step(3, ONE, "ada"));
    ledger.add(step(5, ONE, "ada"));
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE)), 10);
    listener.tell(new News.Joined(5));
    listener.tell(events.of(step(7, ONE, "ada", JobStatus.COMPLETED)));

    tell(listener, Place.START, Set.of(ONE));

    assertThat(told()).containsExactly(3L, 5L, 7L);
  }

  @Test
  void an_event_is_its_number_and_its_row_on_one_line() throws Exception {
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE)), 10);
    listener.tell(new News.Joined(0));
    listener.tell(events.of(step(7, ONE, "ada", JobStatus.FAILED)));

    tell(listener, Place.START, Set.of(ONE));

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
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    listener.tell(new News.Joined(500));
    listener.tell(events.of(step(501, ONE, "ada")));

    endsAfter(listener, 451, new Place(50, true));

    assertThat(told()).hasSize(451).startsWith(51L).isSorted().doesNotHaveDuplicates();
    assertThat(told()).endsWith(501L);
  }

  @Test
  void a_user_s_stream_begins_with_now() throws Exception {
    ledger.add(step(3, ONE, "ada"));
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    listener.tell(new News.Joined(3));
    listener.tell(events.of(step(4, ONE, "ada")));

    endsAfter(listener, 1, new Place(3, false));

    assertThat(told()).containsExactly(4L);
  }

  @Test
  void a_step_that_was_being_written_when_the_stream_began_is_told() throws Exception {
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    listener.tell(new News.Joined(3));
    listener.tell(events.of(step(4, ONE, "ada")));

    endsAfter(listener, 1, new Place(5, false)); // 5 is there, and was committed before 4

    assertThat(told()).containsExactly(4L);
  }

  @Test
  void a_client_that_is_ahead_of_this_gateway_hears_nothing_twice() throws Exception {
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE, OTHER)), 10);
    listener.tell(new News.Joined(3));
    listener.tell(events.of(step(4, ONE, "ada", JobStatus.COMPLETED)));
    listener.tell(events.of(step(5, OTHER, "ada")));
    listener.tell(events.of(step(6, OTHER, "ada", JobStatus.COMPLETED)));

    tell(listener, new Place(5, true), Set.of(ONE, OTHER));

    assertThat(told()).containsExactly(6L);
  }

  @Test
  void a_stream_of_several_requests_ends_when_all_of_them_have() throws Exception {
    ledger.add(step(1, ONE, "ada", JobStatus.FAILED));
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE, OTHER)), 10);
    listener.tell(new News.Joined(1));
    listener.tell(events.of(step(2, OTHER, "bob", JobStatus.COMPLETED)));

    tell(listener, Place.START, Set.of(ONE, OTHER));

    assertThat(told()).containsExactly(1L, 2L);
  }

  @Test
  void after_the_ledger_went_back_a_request_is_told_from_its_first_step() throws Exception {
    ledger.add(step(1, ONE, "ada"));
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE, OTHER)), 10);
    listener.tell(new News.Joined(9));
    listener.tell(new News.WentBack());
    listener.tell(new News.Joined(1));
    listener.tell(events.of(step(2, ONE, "ada", JobStatus.COMPLETED)));

    tell(listener, new Place(9, true), Set.of(ONE, OTHER)); // the other one is lost

    assertThat(told()).containsExactly(0L, 1L, 2L);
    assertThat(text())
        .contains("id: 0\nevent: reset\ndata: {\"reason\":\"ledger_went_back\"}\n\nid: 1\n");
  }

  @Test
  void after_the_ledger_went_back_a_user_s_stream_goes_on_from_its_new_end() throws Exception {
    ledger.add(step(1, ONE, "ada"));
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    listener.tell(new News.Joined(9));
    listener.tell(new News.WentBack());
    listener.tell(new News.Joined(1));
    listener.tell(events.of(step(2, ONE, "ada")));

    endsAfter(listener, 2, new Place(9, true));

    assertThat(told()).containsExactly(1L, 2L);
    assertThat(text()).contains("id: 1\nevent: reset\n");
  }

  @Test
  void who_heard_a_step_that_is_not_there_begins_anew() throws Exception {
    ledger.add(step(1, ONE, "ada", JobStatus.FAILED));
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE)), 10);
    listener.tell(new News.Joined(1));

    tell(listener, Place.anewAfter(0), Set.of(ONE));

    assertThat(told()).containsExactly(0L, 1L);
    assertThat(text()).contains("data: {\"reason\":\"unknown_event\"}\n\nid: 1\n");
  }

  @Test
  void an_outage_of_the_ledger_is_waited_out_with_signs_of_life() throws Exception {
    outages = 1;
    ledger.add(step(1, ONE, "ada", JobStatus.FAILED));
    var listener = new Listener(new Wanted.OfRequests(Set.of(ONE)), 10);
    listener.tell(new News.Joined(1));

    tell(listener, Place.START, Set.of(ONE));

    assertThat(told()).containsExactly(1L);
    assertThat(text()).contains(": still here\n\nid: 1\n");
  }

  @Test
  void a_stream_without_steps_shows_that_it_is_alive() throws Exception {
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    listener.tell(new News.Joined(1));

    endsAfter(listener, 0, Place.START);

    assertThat(text()).contains(": still here\n\n");
  }

  @Test
  void a_client_that_is_gone_ends_its_stream() {
    var listener = new Listener(new Wanted.OfUser("ada"), 10);
    var telling =
        new TellSteps(
            listener,
            new Ledger(),
            events,
            Duration.ofMillis(1),
            new java.io.OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            Place.START,
            Set.of());
    assertThatThrownBy(telling::run).isInstanceOf(IOException.class);
  }

  private void tell(Listener listener, Place begin, Set<RequestId> open) throws Exception {
    new TellSteps(listener, new Ledger(), events, Duration.ofMillis(5), client, begin, open).run();
  }

  /** A user's stream has no end of its own. */
  private void endsAfter(Listener listener, int steps, Place begin) throws Exception {
    var telling =
        new TellSteps(
            listener,
            new Ledger(),
            events,
            Duration.ofMillis(5),
            new java.io.FilterOutputStream(client) {
              @Override
              public void write(byte[] bytes) throws IOException {
                super.write(bytes);
                if (told().size() == steps && text().endsWith(": still here\n\n")) {
                  listener.end();
                }
              }
            },
            begin,
            Set.of());
    telling.run();
    assertThat(listener.isOver()).isTrue();
  }

  private final class Ledger implements TellSteps.ReadLedger {
    @Override
    public List<NumberedStep> steps(long after, long upTo, int limit) {
      if (outages-- > 0) {
        throw new TransientDataAccessResourceException("away");
      }
      return ledger.stream()
          .filter(step -> step.seq() > after && step.seq() <= upTo)
          .limit(limit)
          .toList();
    }

    @Override
    public Set<RequestId> knownAmong(Set<RequestId> requests) {
      return ledger.stream()
          .map(step -> step.row().requestId())
          .filter(requests::contains)
          .collect(Collectors.toSet());
    }
  }

  private List<Long> told() {
    return ID.matcher(text()).results().map(found -> Long.valueOf(found.group(1))).toList();
  }

  private String text() {
    return client.toString(StandardCharsets.UTF_8);
  }
}
