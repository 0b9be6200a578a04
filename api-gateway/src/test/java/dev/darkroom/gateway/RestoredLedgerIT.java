package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.TestingListener.Event;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A ledger that goes back to an earlier point while clients listen. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class RestoredLedgerIT {
  private final RunningGateway gateway =
      RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka());
  private final TestingWorker worker = TestingWorker.of(gateway);
  private final JdbcClient ledger = gateway.bean(JdbcClient.class);

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void all_streams_are_told_and_go_on_from_the_new_end(CapturedOutput output) {
    var kept = gateway.submit("before the backup");
    var backup = newest();
    var listeners = new ArrayList<TestingListener>();
    for (var i = 0; i < 20; i++) {
      listeners.add(listen("/api/events?userId=anonymous"));
    }
    var ofJob = listen("/api/generate/" + kept + "/events");
    var ofJobs = listen("/api/events?requestId=" + kept + "&requestId=" + gateway.submit("lost"));
    for (var i = 0; i < 5; i++) {
      gateway.submit("after the backup");
    }
    listeners.forEach(listener -> listener.awaitEvents(5));
    ofJobs.awaitEvents(2);

    goBackTo(backup);
    listeners.add(listen("/api/events?userId=anonymous")); // joins at the new end
    listeners
        .subList(0, 20)
        .forEach(listener -> {
          var reset = listener.awaitReset();
          assertThat(reset.id()).isEqualTo(backup);
          assertThat(reset.json().get("reason").asString()).isEqualTo("ledger_went_back");
        });
    ofJob.awaitReset();
    ofJobs.awaitReset();
    worker.completeSilently(kept);

    for (var listener : listeners) {
      await().until(() -> listener.steps(kept).contains("image_generated"));
    }
    assertThat(ofJob.awaitEnd()).isNotEmpty();
    for (var listener : List.of(ofJob, ofJobs)) {
      listener.awaitEnd();
      assertThat(listener.sinceReset())
          .as("a job's steps begin anew")
          .extracting(Event::step)
          .containsExactly("request_received", "calling_nebius_api", "image_generated");
    }
    assertThat(output).containsOnlyOnce("the ledger went back");
    assertThat(
            gateway
                .bean(MeterRegistry.class)
                .get("darkroom.live.resets")
                .tag("reason", "ledger_went_back")
                .counter()
                .count())
        .isGreaterThanOrEqualTo(22);
    listeners.forEach(TestingListener::close);
  }

  @Test
  void a_ledger_that_has_reached_its_old_numbers_again_is_noticed_too() {
    gateway.submit("before the backup");
    var backup = newest();
    try (var listener = listen("/api/events?userId=anonymous")) {
      gateway.submit("after the backup");
      listener.awaitEvents(1);
      ledger
          .sql(
              """
              with gone as (delete from generation_logs where seq > :backup returning *)
              insert into generation_logs (seq, request_id, user_id, prompt, status, step)
              overriding system value
              select seq + more, gen_random_uuid(), 'other', prompt, status, step
              from gone, generate_series(0, 50) as more
              """)
          .param("backup", backup)
          .update();
      ledger
          .sql("select setval('generation_logs_seq_seq', (select max(seq) from generation_logs))")
          .query(Long.class)
          .single();
      assertThat(listener.awaitReset().id()).isEqualTo(newest());
      var next = gateway.submit("after the restore");
      await().until(() -> listener.steps(next).contains("request_received"));
    }
  }

  @Test
  void a_client_that_comes_back_with_an_event_that_was_lost_is_told() {
    gateway.submit("before the backup");
    var backup = newest();
    gateway.submit("after the backup");
    var heard = newest();
    goBackTo(backup);
    try (var listener = listen("/api/events?userId=anonymous&lastEventId=" + heard)) {
      assertThat(listener.awaitReset().json().get("reason").asString()).isEqualTo("unknown_event");
    }
  }

  @Test
  void a_stream_ends_where_its_job_was_lost() {
    gateway.submit("before the backup");
    var backup = newest();
    var lost = gateway.submit("lost");
    try (var listener = listen("/api/generate/" + lost + "/events")) {
      listener.awaitEvents(1);
      goBackTo(backup);
      listener.awaitReset();
      listener.awaitEnd();
      assertThat(listener.sinceReset()).isEmpty();
      assertThat(gateway.get("/api/generate/" + lost + "/events").status()).isEqualTo(404);
    }
  }

  private TestingListener listen(String path) {
    var listener = TestingListener.to(gateway, path);
    await().until(() -> listener.comments().size() >= 2);
    return listener;
  }

  private long newest() {
    return ledger
        .sql("select coalesce(max(seq), 0) from generation_logs")
        .query(Long.class)
        .single();
  }

  /** As a restore does it: what was written after the backup never was, and numbers come again. */
  private void goBackTo(long backup) {
    ledger
        .sql(
            """
            with lost as (delete from generation_logs where seq > :backup returning request_id),
            unknown as (
              select request_id from lost where not exists (
                select from generation_logs where seq <= :backup
                  and generation_logs.request_id = lost.request_id)),
            queued as (
              delete from generation_queue where request_id in (select request_id from unknown))
            delete from generation_jobs where request_id in (select request_id from unknown)
            """)
        .param("backup", backup)
        .update();
    ledger
        .sql("select setval('generation_logs_seq_seq', :backup)")
        .param("backup", backup)
        .query(Long.class)
        .single();
  }
}
