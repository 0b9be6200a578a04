package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.http.ClientLimiter.Entry.Admitted;
import dev.darkroom.gateway.http.ClientLimiter.Entry.ClientHasTooMany;
import dev.darkroom.gateway.http.ClientLimiter.Entry.TooMany;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClientLimiterTest {
  @Test
  void a_client_that_has_all_it_may_have_takes_nothing_from_another() {
    var limiter = new ClientLimiter(3, 2, Duration.ZERO);
    var first = limiter.enter("10.0.0.1");
    limiter.enter("10.0.0.1");

    assertThat(limiter.enter("10.0.0.1")).isInstanceOf(ClientHasTooMany.class);
    assertThat(limiter.enter("10.0.0.2")).isInstanceOf(Admitted.class);
    assertThat(limiter.enter("10.0.0.3")).isInstanceOf(TooMany.class);

    ((Admitted) first).close();
    assertThat(limiter.enter("10.0.0.3")).isInstanceOf(Admitted.class);
  }

  @Test
  void a_client_that_has_gone_is_forgotten() {
    var limiter = new ClientLimiter(1, 1, Duration.ZERO);
    var place = (Admitted) limiter.enter("10.0.0.1");
    limiter.enter("10.0.0.1");
    limiter.enter("10.0.0.2");
    assertThat(limiter.clients()).isEqualTo(1);

    place.close();
    assertThat(limiter.clients()).isZero();
  }

  @Test
  void who_waits_gets_the_place_that_becomes_free() throws Exception {
    var limiter = new ClientLimiter(1, 1, Duration.ofSeconds(20));
    var place = (Admitted) limiter.enter("10.0.0.1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var next = threads.submit(() -> limiter.enter("10.0.0.1"));
      place.close();
      assertThat(next.get()).isInstanceOf(Admitted.class);
    }
  }

  @Test
  void none_is_no_limit_for_a_client() {
    var limiter = new ClientLimiter(2, 0, Duration.ZERO);
    assertThat(limiter.enter("10.0.0.1")).isInstanceOf(Admitted.class);
    assertThat(limiter.enter("10.0.0.1")).isInstanceOf(Admitted.class);
    assertThat(limiter.enter("10.0.0.1")).isNotInstanceOf(Admitted.class);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "2001:db8:1:2:3:4:5:6, 20010db800010002",
    "2001:db8:1:2::, 20010db800010002",
    "::ffff:10.0.0.1, ::ffff:10.0.0.1",
    "fe80::1%eth0, fe80000000000000",
    "unknown, unknown"
  })
  void a_client_is_an_address_or_the_net_of_one(String address, String client) {
    assertThat(ClientLimiter.clientOf(address)).isEqualTo(client);
  }
}
