package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatsIT {
  private static final RunningGateway GATEWAY =
      RunningGateway.start(
          TestServers.freshDatabase(), TestServers.kafka(), "--darkroom.stats.sweep=100ms");

  private final TestingWorker worker = TestingWorker.of(GATEWAY);

  @AfterAll
  static void close() {
    GATEWAY.close();
  }

  @Test
  void the_last_hour_is_summed_up_in_minutes() {
    var before = GATEWAY.get("/api/stats").json();
    worker.complete(GATEWAY.submit("one"));
    GATEWAY.submit("another");

    var reply = GATEWAY.get("/api/stats");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    var stats = reply.json();
    assertThat(stats.propertyNames())
        .containsExactly(
            "since",
            "until",
            "bucketSeconds",
            "now",
            "provider",
            "nebius",
            "timeToPicture",
            "buckets",
            "failures");
    assertThat(stats.get("bucketSeconds").intValue()).isEqualTo(60);
    assertThat(stats.get("buckets").size()).isBetween(60, 61);
    assertThat(sum(stats, "submitted")).isEqualTo(sum(before, "submitted") + 2);
    assertThat(sum(stats, "completed")).isEqualTo(sum(before, "completed") + 1);
    assertThat(stats.at("/timeToPicture/pictures").intValue()).isEqualTo(sum(stats, "completed"));
    assertThat(stats.at("/timeToPicture/medianSeconds").doubleValue()).isBetween(0.0, 60.0);
    assertThat(stats.at("/now").propertyNames())
        .containsExactly("waiting", "scheduled", "running", "oldestWaitingSeconds");
    await() // a count that took long is not made anew at once
        .until(() -> GATEWAY.get("/api/stats").json().at("/now/waiting").intValue() > 0);
    assertThat(stats.at("/provider").asString()).isEqualTo("nebius");
    assertThat(stats.at("/nebius/state").asString()).isEqualTo("well");
    assertThat(stats.at("/nebius/paused").booleanValue()).isFalse();
  }

  @Test
  void a_day_is_summed_up_from_its_minutes_whether_they_are_kept_or_not() {
    var user = "stats " + UUID.randomUUID();
    GATEWAY
        .bean(JdbcClient.class)
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, details, created_at)
            select gen_random_uuid(), :user, 'x', status, step,
              jsonb_build_object('code', 'rejected', 'jobMillis', 2000), now() - n * interval '1 min'
            from generate_series(1, 600) as n, (values ('started', 'request_received'),
              ('completed', 'image_generated'), ('failed', 'nebius_api_error')) as step (status, step)
            where n % 2 = 0
            """)
        .param("user", user)
        .update();
    var until = Instant.now().minus(Duration.ofHours(1));
    var path = "/api/stats?since=%s&until=%s".formatted(until.minus(Duration.ofHours(20)), until);

    var stats = GATEWAY.get(path).json();

    assertThat(stats.get("bucketSeconds").intValue()).isEqualTo(900);
    assertThat(sum(stats, "submitted")).isBetween(270, 280);
    assertThat(sum(stats, "failed")).isEqualTo(sum(stats, "submitted"));
    assertThat(stats.at("/failures/0/code").asString()).isEqualTo("rejected");
    assertThat(stats.at("/timeToPicture/p95Seconds").doubleValue()).isBetween(1.95, 2.05);
  }

  @ParameterizedTest
  @CsvSource({
    "since=yesterday, since",
    "since=x&until=y, until since",
    "since=2026-11-22T12:00:00Z&until=2026-11-22T11:00:00Z, since",
    "since=2026-11-22T12:00:00Z&until=2026-11-23T12:00:01Z, since"
  })
  void every_bad_parameter_is_named(String query, String fields) {
    var reply = GATEWAY.get("/api/stats?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().get("errors").valueStream().map(error -> error.get("field").asString()))
        .containsExactly(fields.split(" "));
    BadInputIT.assertIsProblem(reply);
  }

  @Test
  void a_job_that_waits_says_how_many_go_before_it_until_a_worker_has_it() {
    var first = GATEWAY.submit("first");
    var second = GATEWAY.submit("second");

    var place = GATEWAY.get("/api/generate/" + second).json();
    assertThat(place.at("/queue/ahead").intValue()).isPositive();
    assertThat(place.at("/queue").has("dueAt")).isFalse();

    worker.complete(first);
    assertThat(GATEWAY.get("/api/generate/" + first).json().has("queue")).isFalse();
  }

  private static int sum(JsonNode stats, String field) {
    return StreamSupport.stream(stats.get("buckets").spliterator(), false)
        .mapToInt(bucket -> bucket.get(field).intValue())
        .sum();
  }
}
