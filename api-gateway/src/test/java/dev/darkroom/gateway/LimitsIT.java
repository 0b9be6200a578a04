package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.testservers.TestServers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What clients get that ask for more than one may have. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LimitsIT {
  private static final AtomicInteger ADDRESSES = new AtomicInteger();
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        RunningGateway.start(
            TestServers.freshDatabase(),
            TestServers.kafka(),
            "--darkroom.queue.max-open-jobs-per-owner=2",
            "--darkroom.queue.max-open-jobs=6",
            "--darkroom.limits.submissions-per-second=1",
            "--darkroom.limits.burst=3s",
            "--darkroom.web.trusted-proxies=127.0.0.1,::1");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void open_jobs_are_limited_for_each_user_and_for_all_and_a_known_key_gets_its_job() {
    var first = post("ada", "Idempotency-Key", "one");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.json().at("/priority").asInt()).isEqualTo(3);
    assertThat(post("ada").status()).isEqualTo(202);

    var refused = post("ada", "Idempotency-Key", "two");
    var repeated = post("ada", "Idempotency-Key", "one");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text("/code")).isEqualTo("too_many_open_jobs");
    assertThat(refused.text("/error")).contains("2 open jobs");
    assertThat(refused.header("Retry-After")).isEqualTo("5");
    assertThat(repeated.status()).isEqualTo(202);
    assertThat(repeated.text("/requestId")).isEqualTo(first.text("/requestId"));

    for (var user : new String[] {"bob", "bob", "cyd", "cyd"}) {
      assertThat(post(user).status()).isEqualTo(202);
    }
    var full = post("dan");
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.text("/code")).isEqualTo("queue_full");
  }

  @Test
  void an_address_that_submits_too_often_is_told_when_to_try_again_and_another_is_not() {
    var far = new String[] {"X-Forwarded-For", "203.0.113.7"};
    for (var n = 0; n < 3; n++) {
      var reply = gateway.post("{}", far);
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.header("RateLimit-Policy")).isEqualTo("\"submissions\";q=3;w=3");
    }
    var refused = gateway.post("{}", far);
    for (var n = 0; n < 5 && refused.status() == 400; n++) {
      refused = gateway.post("{}", far); // a slow machine lets time for another one pass
    }

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text("/code")).isEqualTo("rate_limited");
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(refused.header("RateLimit")).startsWith("\"submissions\";r=0;t=");
    assertThat(gateway.post("{}").status()).as("from this machine").isEqualTo(400);
    assertThat(gateway.post("{}", "X-Forwarded-For", "203.0.113.8").status()).isEqualTo(400);
  }

  @Test
  void a_priority_that_is_none_is_refused() {
    var reply = gateway.post("{\"prompt\": \"a lighthouse\", \"priority\": 6}");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).contains("priority must be an integer between 1 and 5");
  }

  /** Each from an address of its own. */
  private static Reply post(String user, String... headers) {
    var address = "198.51.100." + ADDRESSES.incrementAndGet();
    return gateway.post(
        "{\"prompt\": \"a lighthouse\", \"userId\": \"" + user + "\"}",
        Stream.concat(Stream.of(headers), Stream.of("X-Forwarded-For", address))
            .toArray(String[]::new));
  }
}
