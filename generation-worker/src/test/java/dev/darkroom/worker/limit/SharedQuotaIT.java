package dev.darkroom.worker.limit;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.ledger.limit.OpenQuotaBook;
import dev.darkroom.ledger.limit.QuotaBook;
import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The book in PostgreSQL, and several workers' permits from it. */
class SharedQuotaIT extends QuotaBookContract {
  private static final int FREE = 1_000;

  private static ConfigurableApplicationContext ledger;
  private final String name = "book-" + UUID.randomUUID();
  private final List<Worker> workers = new ArrayList<>();

  @BeforeAll
  static void start() {
    var database = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(database.jdbcUrl(), database.username(), database.password())
        .load()
        .migrate();
    ledger =
        new SpringApplicationBuilder(Ledger.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.import=classpath:job-ledger.yml")
            .run(
                "--DATABASE_URL=" + database.jdbcUrl(),
                "--spring.config.name=shared-quota",
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password());
  }

  @AfterAll
  static void stop() {
    ledger.close();
  }

  @AfterEach
  void stopWorkers() {
    workers.forEach(worker -> worker.keeper.stop());
  }

  @Override
  QuotaBook<Tally> empty() {
    return ledger.getBean(OpenQuotaBook.class).named(name, Tally.class);
  }

  @Test
  void workers_whose_clocks_disagree_never_exceed_the_limit_together_and_use_all_of_it() {
    var total = new AtomicInteger();
    for (var hours = -3; hours <= 3; hours += 2) {
      begin(120, Clock.offset(Clock.systemUTC(), Duration.ofHours(hours)), total);
    }

    await().atMost(ofSeconds(10)).untilAsserted(() -> assertThat(total).hasValue(120));
    await()
        .during(ofSeconds(1))
        .atMost(ofSeconds(3))
        .untilAsserted(() -> assertThat(total).hasValue(120));
    assertThat(workers)
        .allSatisfy(
            worker -> assertThat(worker.permits.state()).startsWith("paused by quota until"));
  }

  @Test
  void what_one_hears_all_keep_to() {
    var one = new Worker(600, Clock.systemUTC(), _ -> {}).begin();
    var other = new Worker(600, Clock.systemUTC(), _ -> {}).begin();
    await()
        .atMost(ofSeconds(5))
        .until(() -> one.permits.limit() == 600 && other.permits.limit() == 600);

    other.permits.spend(other.permits.inStock()); // so that it asks again at once
    one.permits.heard(429, Map.of("retry-after", "1")::get, System.nanoTime());

    await()
        .atMost(ofSeconds(10))
        .untilAsserted(() -> assertThat(other.permits.limit()).isBetween(540.0, 560.0));
    assertThat(one.throttled()).isEqualTo(1);
    assertThat(other.throttled()).isZero();
  }

  @Test
  void people_can_read_limit_and_use_in_the_row() {
    var total = new AtomicInteger();
    begin(60, Clock.systemUTC(), total);
    await().atMost(ofSeconds(5)).untilAsserted(() -> assertThat(total).hasValue(60));

    await()
        .atMost(ofSeconds(5))
        .untilAsserted(() ->
            assertThat(
                    ledger
                        .getBean(JdbcClient.class)
                        .sql(
                            """
                            select calls_per_minute, calls_in_window from public.generation_quota
                            where name = :name
                            """)
                        .param("name", name)
                        .query((row, _) -> row.getInt(1) + " " + row.getInt(2))
                        .single())
                .isEqualTo("60 60"));
  }

  /** Makes every call it may make, at once. */
  private Worker begin(int perMinute, Clock clock, AtomicInteger total) {
    return new Worker(
            perMinute,
            clock,
            permits -> {
              var calls = permits.inStock();
              permits.spend(calls);
              total.addAndGet(calls);
            })
        .begin();
  }

  /** Could use any number of permits. */
  private final class Worker {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final int perMinute;
    private final SharedPermits permits;
    private final KeepPermits keeper;

    Worker(int perMinute, Clock clock, Consumer<CallPermits> whenMore) {
      this.perMinute = perMinute;
      var book = ledger.getBean(OpenQuotaBook.class).named(name, Quota.class);
      permits =
          new SharedPermits(
              new ShareQuota(book, perMinute),
              UUID.randomUUID().toString(),
              clock,
              meters.counter("throttled"));
      permits.serve(() -> FREE, () -> whenMore.accept(permits));
      keeper = new KeepPermits(permits);
    }

    Worker begin() {
      workers.add(this);
      // otherwise they would soon try out whether there is more
      permits.heard(
          200, Map.of("x-ratelimit-limit-requests", "" + perMinute)::get, System.nanoTime());
      keeper.start();
      return this;
    }

    double throttled() {
      return meters.get("throttled").counter().count();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(LedgerConfiguration.class)
  static class Ledger {}
}
