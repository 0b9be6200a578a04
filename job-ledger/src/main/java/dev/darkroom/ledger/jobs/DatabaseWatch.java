package dev.darkroom.ledger.jobs;

import dev.darkroom.ledger.loop.LoopAge;
import dev.darkroom.ledger.meter.DependencyTrouble;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the database every few seconds whether it answers and takes writes, for a metric. */
public final class DatabaseWatch implements SmartLifecycle {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final JdbcClient database;
  private final LoopAge age = new LoopAge("watch-database");
  private volatile boolean trouble;
  private volatile CountDownLatch stopping = new CountDownLatch(0);

  public DatabaseWatch(JdbcClient database, MeterRegistry meters) {
    this.database = database;
    age.register(meters);
    DependencyTrouble.register(meters, "database", () -> trouble);
  }

  @Override
  public void start() {
    var until = new CountDownLatch(1);
    stopping = until;
    age.succeeded();
    var _ = Thread.ofPlatform().daemon().name("watch-database").start(() -> watch(until));
  }

  @Override
  public void stop() {
    stopping.countDown();
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }

  private void watch(CountDownLatch until) {
    try {
      do {
        trouble = !takesWrites();
      } while (!until.await(PAUSE.toSeconds(), TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean takesWrites() {
    try {
      var takes =
          database
              .sql("select current_setting('transaction_read_only') = 'off'")
              .query(Boolean.class)
              .single();
      age.succeeded();
      return takes;
    } catch (DataAccessException e) {
      return false; // those who need an answer log why there is none
    }
  }
}
