package dev.darkroom.ledger.readers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.darkroom.ledger.jobs.TestingDatabase;
import dev.darkroom.ledger.jobs.TestingLedger;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ReadPoolsIT {
  private static final TestingDatabase DATABASE = TestingDatabase.migrated();
  private static final HikariDataSource WORK = TestingLedger.pool(DATABASE, 2);
  private static final ReadPools READERS =
      ReadPools.beside(
          WORK, new ReadPoolSettings(1, 1, Duration.ofMillis(300), Duration.ofSeconds(1)));

  @AfterAll
  static void close() {
    READERS.close();
    WORK.close();
  }

  @Test
  void readers_wait_for_readers_alone_and_are_told_that_there_are_too_many() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow = threads.submit(() -> ask(READERS.searches(), "select pg_sleep(0.9)"));
      await().until(() -> running("select pg_sleep(0.9)") == 1);

      assertThatThrownBy(() -> ask(READERS.searches(), "select 1"))
          .isInstanceOf(TooManyReadersException.class);
      assertThat(ask(READERS.lookups(), "select 1")).isEqualTo("1");
      assertThat(ask(JdbcClient.create(WORK), "select 1")).isEqualTo("1");
      assertThat(slow.get()).isNotNull();
    }
  }

  @Test
  void a_statement_that_takes_too_long_ends_on_the_server() {
    assertThatThrownBy(() -> ask(READERS.searches(), "select pg_sleep(30)"))
        .isInstanceOf(QueryTimeoutException.class);
    assertThat(running("select pg_sleep(30)")).isZero();
    assertThat(ask(READERS.searches(), "select 1")).isEqualTo("1");
  }

  @Test
  void nothing_is_asked_once_the_time_is_over_or_the_reader_is_gone() {
    var gone = new AtomicBoolean();
    assertThat(within(Duration.ofSeconds(5), gone)).isEqualTo("1");
    assertThatThrownBy(() -> within(Duration.ZERO, gone)).isInstanceOf(QueryTimeoutException.class);
    gone.set(true);
    assertThatThrownBy(() -> within(Duration.ofSeconds(5), gone))
        .isInstanceOf(ReaderGoneException.class);
  }

  @Test
  void readers_write_nothing() {
    assertThatThrownBy(() ->
            READERS.lookups().sql("update public.generation_jobs set user_id = user_id").update())
        .isInstanceOf(DataAccessException.class)
        .hasStackTraceContaining("read-only transaction");
  }

  @Test
  void searches_are_planned_for_the_values_of_each_execution() {
    assertThat(ask(READERS.searches(), "show plan_cache_mode")).isEqualTo("force_custom_plan");
    assertThat(ask(READERS.lookups(), "show plan_cache_mode")).isEqualTo("auto");
  }

  private static String within(Duration time, AtomicBoolean gone) {
    return ReadBudget.within(time, gone::get, () -> ask(READERS.lookups(), "select 1"));
  }

  private static String ask(JdbcClient client, String sql) {
    return String.valueOf(client.sql(sql).query().singleValue());
  }

  private static long running(String sql) {
    return DATABASE
        .client()
        .sql("select count(*) from pg_stat_activity where state = 'active' and query = :sql")
        .param("sql", sql)
        .query(Long.class)
        .single();
  }
}
