package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StatsIT {
  private static final RunningGateway GATEWAY =
      RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka());

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

    await() // what was counted is shown for a few seconds
        .until(() -> sum(GATEWAY.get("/api/stats").json(), "completed") > sum(before, "completed"));
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
    assertThat(sum(stats, "submitted")).isGreaterThanOrEqualTo(sum(before, "submitted") + 2);
    assertThat(sum(stats, "completed")).isGreaterThan(sum(before, "completed"));
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
  void a_part_of_the_hour_can_be_asked_for() {
    var now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    var since = now.minus(Duration.ofMinutes(20));
    var until = now.minus(Duration.ofMinutes(10));

    var stats = GATEWAY.get("/api/stats?since=%s&until=%s".formatted(since, until)).json();

    assertThat(stats.get("since").asString()).isEqualTo(since.toString());
    assertThat(stats.get("until").asString()).isEqualTo(until.toString());
    assertThat(stats.get("buckets")).hasSize(10);
    assertThat(stats.at("/buckets/0").propertyNames())
        .containsExactly("at", "submitted", "completed", "failed");
  }

  /** It once replied with zeros, which looked like facts. */
  @ParameterizedTest
  @CsvSource({
    "since=yesterday, since",
    "since=x&until=y, until since",
    "since=-120, since",
    "since=-10&until=-20, since",
    "until=10, until"
  })
  void a_range_that_cannot_be_known_is_a_400(String query, String fields) {
    var minutes = Pattern.compile("=(-?\\d+)");
    var times =
        minutes
            .matcher(query)
            .replaceAll(
                at -> "=" + Instant.now().plus(Duration.ofMinutes(Long.parseLong(at.group(1)))));
    var reply = GATEWAY.get("/api/stats?" + times);

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
