package dev.darkroom.worker.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import dev.darkroom.simulator.QuotaRules;
import dev.darkroom.simulator.QuotaRules.Counting;
import dev.darkroom.simulator.RequestQuota;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import dev.darkroom.worker.limit.SharedRateLimiter.PermitSource;
import dev.darkroom.worker.limit.SimulatedFleet.LimitedBy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Fleets that always have jobs, on a virtual clock: the statement in PostgreSQL and the limiter are
 * the real ones. The server's clock is replaced by a function that goes before it on the search
 * path.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RateLimitSimulationIT {
  private static final int BASE = 60;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Path PAGE = Path.of("..", "docs", "quota.md");

  private static SingleConnectionDataSource connection;
  private static JdbcClient database;

  private final VirtualClock clock = new VirtualClock();
  private RequestQuota nebius = new RequestQuota(QuotaRules.perMinute(BASE), clock);
  private final AtomicInteger statements = new AtomicInteger();

  @BeforeAll
  static void connect() {
    TestDatabase server = TestServers.freshDatabase();
    Flyway.configure()
        .dataSource(server.jdbcUrl(), server.username(), server.password())
        .load()
        .migrate();
    connection =
        new SingleConnectionDataSource(
            server.jdbcUrl(), server.username(), server.password(), true);
    database = JdbcClient.create(connection);
    database.sql("create schema virtual").update();
    database
        .sql(
            """
            create function virtual.clock_timestamp() returns timestamptz language sql volatile
            as $$ select current_setting('virtual.now')::timestamptz $$
            """)
        .update();
    database.sql("set search_path = virtual, pg_catalog, public").update();
  }

  @BeforeEach
  void forget() {
    database.sql("delete from public.generation_limits").update();
  }

  @AfterAll
  static void disconnect() {
    connection.destroy();
  }

  @ParameterizedTest
  @EnumSource
  void the_shared_limit_uses_what_is_granted_however_a_minute_is_counted(Counting counting) {
    nebius = new RequestQuota(QuotaRules.perMinute(BASE).counting(counting), clock);
    var fleet = new SimulatedFleet(clock, nebius, shared(4));

    fleet.run(Duration.ofMinutes(20));

    assertThat(100 * nebius.used() / nebius.granted()).isBetween(95.0, 100.0);
    assertThat(100.0 * fleet.refused() / fleet.calls()).isLessThanOrEqualTo(1.0);
    assertThat(nebius.limit()).as("a fifth more after a busy window").isEqualTo(72);
    assertThat(fleet.callsOfEach())
        .as("every worker gets its part")
        .allSatisfy(made -> assertThat(made).isBetween(100L, 700L));
  }

  @Test
  void others_calls_with_the_same_key_find_room() {
    var fleet = new SimulatedFleet(clock, nebius, shared(4));
    for (var second = 0; second < 600; second++) {
      fleet.run(Duration.ofSeconds(1));
      if (second % 3 == 0) {
        nebius.admit();
      }
    }

    assertThat(100.0 * fleet.refused() / fleet.calls()).isLessThan(12);
    assertThat(fleet.calls()).isGreaterThan(10 * 34);
  }

  /** The table of docs/quota.md: {@code -Ddarkroom.simulation=true} prints and compares it. */
  @Test
  @EnabledIfSystemProperty(named = "darkroom.simulation", matches = "true")
  void the_page_says_what_an_hour_brings() throws IOException {
    var table = new StringBuilder();
    for (var workers : List.of(1, 4, 16)) {
      table.append(row(workers, "none, a pause at 429", unlimited(workers)));
      table.append(row(workers, "a constant, 60", constant(workers)));
      table.append(row(workers, "one shared limit", shared(workers)));
    }
    System.out.println(table);
    assertThat(Files.readString(PAGE)).contains(table.toString().lines().toList());
  }

  private String row(int workers, String limit, List<LimitedBy> limits) {
    forget();
    nebius = new RequestQuota(QuotaRules.perMinute(BASE), clock);
    statements.set(0);
    var fleet = new SimulatedFleet(clock, nebius, limits);
    fleet.run(HOUR);
    return "| %d | %s | %,d | %.1f %% | %.2f %% | %d per minute | %.1f /s |%n"
        .formatted(
            workers,
            limit,
            nebius.used(),
            100 * nebius.used() / nebius.granted(),
            100.0 * fleet.refused() / fleet.calls(),
            nebius.limit(),
            (double) statements.get() / HOUR.toSeconds());
  }

  private List<LimitedBy> unlimited(int workers) {
    return fleet(
        workers,
        () -> {
          var throttled = new SimpleMeterRegistry().counter("throttled");
          return new Limits(new UnlimitedCalls(throttled), () -> {});
        });
  }

  private List<LimitedBy> shared(int workers) {
    var store = new RateLimitStore(database);
    return fleet(workers, () -> limiter(new StoredPermits(store, "nebius", BASE)));
  }

  private List<LimitedBy> constant(int workers) {
    var store = new RateLimitStore(database);
    return fleet(
        workers,
        () -> {
          var permits = new StoredPermits(store, "nebius", BASE);
          return limiter(request ->
              permits.take(
                  new PermitRequest(request.returned(), request.wanted(), null, request.pause())));
        });
  }

  private static List<LimitedBy> fleet(int workers, Supplier<LimitedBy> each) {
    return Stream.generate(each).limit(workers).toList();
  }

  private LimitedBy limiter(PermitSource source) {
    var limiter =
        new SharedRateLimiter(
            request -> {
              statements.incrementAndGet();
              database
                  .sql("select set_config('virtual.now', :now, false)")
                  .param("now", clock.instant().toString())
                  .query(String.class)
                  .single();
              return source.take(request);
            },
            clock::nanos,
            clock,
            new SimpleMeterRegistry().counter("throttled"));
    return new Limits(limiter, limiter::refill);
  }

  private record Limits(CallPermits permits, Runnable refill) implements LimitedBy {
    @Override
    public void round() {
      refill.run();
    }
  }
}
