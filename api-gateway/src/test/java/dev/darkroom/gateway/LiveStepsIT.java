package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.TestingListener.Event;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LiveStepsIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RunningGateway gateway = RunningGateway.shared();
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final String user = "user-" + UUID.randomUUID();

  @Test
  void the_steps_of_a_job_are_told_as_they_are_taken_until_it_ends() {
    var job = gateway.submit("told live");
    try (var listener = TestingListener.to(gateway, "/api/generate/" + job + "/events")) {
      assertThat(listener.response().headers().map())
          .containsEntry("content-type", List.of("text/event-stream;charset=UTF-8"))
          .containsEntry("cache-control", List.of("no-store, no-transform"))
          .containsEntry("x-accel-buffering", List.of("no"))
          .containsEntry("x-content-type-options", List.of("nosniff"))
          .doesNotContainKeys("content-encoding", "content-length");
      listener.awaitEvents(1);
      worker.complete(job);

      assertThat(listener.awaitEnd().stream().map(Event::step))
          .containsExactly("request_received", "calling_nebius_api", "image_generated");
      assertThat(listener.comments()).element(0).asString().matches("retry: [1-5]\\d{3}");
      assertThat(listener.comments()).element(1).isEqualTo(": steps follow");
      assertThat(listener.events().stream().map(Event::id)).isEqualTo(numbersOf(job));
    }
  }

  @Test
  void an_event_is_the_row_that_the_search_for_logs_shows() {
    var job = ended("the same row");
    try (var listener = TestingListener.to(gateway, "/api/generate/" + job + "/events")) {
      var rows = gateway.get("/api/logs?requestId=" + job).json().get("logs");
      assertThat(listener.awaitEnd().reversed().stream().map(Event::data))
          .isEqualTo(rows.valueStream().map(Object::toString).toList());
    }
  }

  @Test
  void a_stream_is_resumed_in_its_middle() {
    var job = ended("resumed");
    var numbers = numbersOf(job);
    try (var byHeader =
            TestingListener.to(
                gateway,
                "/api/generate/" + job + "/events?lastEventId=1",
                "Last-Event-ID",
                numbers.getFirst().toString());
        var byAddress =
            TestingListener.to(
                gateway, "/api/events?requestId=" + job + "&lastEventId=" + numbers.get(1))) {
      assertThat(byHeader.awaitEnd().stream().map(Event::id))
          .containsExactly(numbers.get(1), numbers.get(2));
      assertThat(byAddress.awaitEnd().stream().map(Event::id)).containsExactly(numbers.get(2));
    }
  }

  @Test
  void after_the_end_there_is_nothing_left_to_come_back_for() {
    var job = ended("heard to the end");
    var last = numbersOf(job).getLast().toString();
    var reply = gateway.get("/api/generate/" + job + "/events", "Last-Event-ID", last);
    assertThat(reply.status()).isEqualTo(204);
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void several_jobs_are_told_until_all_of_them_have_ended() {
    var one = gateway.submit("one");
    var other = gateway.submit("other");
    try (var listener =
        TestingListener.to(gateway, "/api/events?requestId=" + one + "&requestId=" + other)) {
      worker.complete(one);
      listener.awaitEvents(4);
      assertThat(listener.hasEnded()).isFalse();
      worker.fail(other, "rejected");

      assertThat(listener.awaitEnd().stream().map(Event::id))
          .containsExactlyInAnyOrderElementsOf(
              java.util.stream.Stream.concat(numbersOf(one).stream(), numbersOf(other).stream())
                  .toList());
    }
  }

  @Test
  void a_user_gets_the_steps_of_all_jobs_from_now_on_and_later_what_was_missed() {
    var before = submit("before");
    long last;
    try (var other = TestingListener.to(gateway, "/api/generate/" + before + "/events");
        var listener = listenToUserAfter(other)) {
      var job = submit("now");
      worker.completeSilently(job);
      assertThat(listener.awaitEvents(3).stream().map(Event::requestId)).containsOnly(job);
      last = listener.events().getLast().id();
    }
    var missed = submit("missed");
    try (var listener = listenToUser("&lastEventId=" + last)) {
      var next = submit("next");
      await().until(() -> !listener.steps(next).isEmpty());
      assertThat(listener.steps(missed)).containsExactly("request_received");
      assertThat(listener.events()).extracting(Event::id).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_number_that_no_step_has_is_a_reset_and_silences_none() {
    try (var listener = listenToUser("&lastEventId=999999999999999")) {
      var job = submit("after another ledger");
      var events = listener.awaitEvents(2);
      assertThat(events.getFirst().name()).isEqualTo("reset");
      assertThat(events.getFirst().json().get("reason").asString()).isEqualTo("unknown_event");
      assertThat(events.getLast().requestId()).isEqualTo(job);
      assertThat(events).extracting(Event::id).isSorted();
    }
  }

  @Test
  void a_job_is_told_from_its_beginning_to_who_heard_of_another_ledger() {
    var job = ended("told anew");
    try (var listener =
        TestingListener.to(
            gateway, "/api/generate/" + job + "/events", "Last-Event-ID", "999999999999999")) {
      assertThat(listener.awaitEnd()).extracting(Event::name).containsExactly("reset", "", "", "");
      assertThat(listener.sinceReset()).extracting(Event::id).isEqualTo(numbersOf(job));
    }
  }

  @Test
  void streams_that_end_together_are_not_all_told_to_come_back_at_the_same_time() {
    var job = ended("spread");
    var times = new java.util.HashSet<String>();
    for (var i = 0; i < 8; i++) {
      try (var listener = TestingListener.to(gateway, "/api/generate/" + job + "/events")) {
        listener.awaitEnd();
        times.add(listener.comments().getFirst());
      }
    }
    assertThat(times).hasSizeGreaterThan(1);
  }

  @Test
  void a_step_that_is_committed_late_holds_up_no_other_and_is_sent_once() throws SQLException {
    try (var listener = listenToUser("");
        var late = gateway.bean(DataSource.class).getConnection()) {
      late.setAutoCommit(false);
      write(late, "late");
      submit("second");
      assertThat(listener.awaitEvents(1).getFirst().step()).isEqualTo("request_received");
      late.commit();
      late.setAutoCommit(true);
      listener.awaitEvents(2);
      submit("third");

      listener.awaitEvents(3);
      assertThat(listener.steps()).containsExactly("request_received", "late", "request_received");
    }
  }

  @Test
  void a_step_that_was_committed_after_a_higher_number_is_sent_to_a_client_that_resumes()
      throws SQLException {
    try (var late = gateway.bean(DataSource.class).getConnection()) {
      late.setAutoCommit(false);
      long last;
      try (var listener = listenToUser("")) {
        write(late, "late");
        submit("above it");
        last = listener.awaitEvents(1).getFirst().id();
      }
      late.commit();
      late.setAutoCommit(true);
      try (var listener = listenToUser("&lastEventId=" + last)) {
        assertThat(listener.awaitEvents(2)).extracting(Event::step).contains("late");
      }
    }
  }

  @Test
  void of_several_jobs_that_ended_a_moment_ago_a_client_that_resumes_gets_the_end_again() {
    var path = "/api/events?requestId=" + ended("one") + "&requestId=";
    var other = ended("other");
    var last = numbersOf(other).getLast();
    try (var listener = TestingListener.to(gateway, path + other + "&lastEventId=" + last)) {
      assertThat(listener.awaitEnd()).extracting(Event::id).contains(last);
    }
  }

  @Test
  void a_step_that_was_rolled_back_holds_nobody_up() throws SQLException {
    try (var listener = listenToUser("");
        var failing = gateway.bean(DataSource.class).getConnection()) {
      submit("first");
      listener.awaitEvents(1);
      failing.setAutoCommit(false);
      write(failing, "never");
      failing.rollback();
      failing.setAutoCommit(true);
      submit("second");
      assertThat(listener.awaitEvents(2).stream().map(Event::step))
          .containsOnly("request_received");
    }
  }

  @Test
  void who_comes_first_while_a_step_is_being_written_misses_nothing() throws SQLException {
    try (var late = gateway.bean(DataSource.class).getConnection()) {
      await()
          .until(() ->
              gateway.bean(MeterRegistry.class).get("darkroom.live.listeners").gauge().value()
                  == 0);
      late.setAutoCommit(false);
      write(late, "late");
      submit("above it");
      try (var listener = listenToUser("&lastEventId=0")) {
        assertThat(listener.response().statusCode()).isEqualTo(200);
        late.commit();
        late.setAutoCommit(true);
        assertThat(listener.awaitEvents(2).stream().map(Event::step))
            .containsExactlyInAnyOrder("late", "request_received");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/generate/nonsense/events, 404",
    "/api/generate/0198a000-0000-7000-8000-000000000000/events, 404",
    "/api/events?requestId=0198a000-0000-7000-8000-000000000000, 404",
    "/api/events, 400",
    "/api/events?userId=&requestId=, 400",
    "/api/events?userId=a&userId=b, 400",
    "/api/events?userId=a&requestId=0198a000-0000-7000-8000-000000000000, 400",
    "/api/events?userId=a&lastEventId=x, 400",
    "/api/events?userId=a&lastEventId=-1, 400",
    "/api/events?userId=a&lastEventId=1234567890123456789, 400",
    "/api/events?userId=a%00b, 400"
  })
  void what_can_t_be_told_is_a_problem(String path, int status) {
    var reply = gateway.get(path, "Accept", "text/event-stream");
    assertThat(reply.status()).isEqualTo(status);
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void more_than_sixteen_requests_are_too_many() {
    var path = "/api/events?requestId=" + String.join("&requestId=", ids(17));
    assertThat(gateway.get(path).text("/errors/0/message"))
        .isEqualTo("must be given at most 16 times");
    assertThat(gateway.get("/api/events?requestId=" + String.join("&requestId=", ids(16))).status())
        .isEqualTo(404);
  }

  @Test
  void a_user_id_is_measured_in_characters_however_they_are_encoded() {
    var path = "/api/events?userId=";
    var emoji = "%F0%9F%98%80";
    assertThat(gateway.send(gateway.request(path + emoji.repeat(128)).HEAD()).status())
        .isEqualTo(200);
    assertThat(gateway.get(path + emoji.repeat(129)).text("/error"))
        .isEqualTo("userId must have at most 128 characters.");
  }

  @Test
  void a_user_id_that_can_t_be_is_refused_for_what_is_wrong_with_it() {
    assertThat(gateway.get("/api/events?userId=%00").text("/error"))
        .isEqualTo("userId must not contain the character U+0000.");
  }

  private static List<String> ids(int count) {
    return java.util.stream.Stream.generate(() -> UUID.randomUUID().toString())
        .limit(count)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "DELETE"})
  void nothing_but_get_and_head_is_taken(String method) {
    var reply =
        gateway.send(
            gateway.request("/api/events?userId=a").method(method, BodyPublishers.noBody()));
    assertThat(reply.status()).isEqualTo(405);
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void head_is_answered_without_a_stream() {
    var reply = gateway.send(gateway.request("/api/events?userId=a").HEAD());
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("text/event-stream;charset=UTF-8");
  }

  /** When the gateway has handed out that step to somebody else, it is not now any more. */
  private TestingListener listenToUserAfter(TestingListener other) {
    other.awaitEvents(1);
    return listenToUser("");
  }

  private TestingListener listenToUser(String more) {
    var listener = TestingListener.to(gateway, "/api/events?userId=" + user + more);
    await().until(() -> listener.comments().size() >= 2);
    return listener;
  }

  private String submit(String prompt) {
    return gateway
        .post(JSON.writeValueAsString(Map.of("prompt", prompt, "userId", user)))
        .text("/requestId");
  }

  private String ended(String prompt) {
    var job = gateway.submit(prompt);
    worker.completeSilently(job);
    return job;
  }

  private void write(Connection transaction, String step) throws SQLException {
    try (var insert =
        transaction.prepareStatement(
            """
            insert into generation_logs (request_id, user_id, prompt, status, step)
            values (gen_random_uuid(), ?, 'by hand', 'processing', ?)
            """)) {
      insert.setString(1, user);
      insert.setString(2, step);
      insert.executeUpdate();
    }
  }

  private List<Long> numbersOf(String job) {
    return gateway
        .bean(JdbcClient.class)
        .sql("select seq from generation_logs where request_id = :id order by seq")
        .param("id", UUID.fromString(job))
        .query((row, _) -> row.getLong("seq"))
        .list();
  }
}
