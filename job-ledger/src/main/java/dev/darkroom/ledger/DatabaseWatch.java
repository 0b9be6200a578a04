package dev.darkroom.ledger;

import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.ledger.meter.LoopAge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks the database every few seconds whether it answers and takes writes, for a metric. */
final class DatabaseWatch implements SmartLifecycle {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final JdbcClient database;
  private final LoopAge age = new LoopAge("watch-database");
  private volatile boolean trouble;
  private volatile boolean running;
  private Thread thread = Thread.ofPlatform().daemon().unstarted(() -> {});

  DatabaseWatch(JdbcClient database, MeterRegistry meters) {
    this.database = database;
    age.register(meters);
    DependencyTrouble.register(meters, "database", () -> trouble);
  }

  @Override
  public void start() {
    running = true;
    age.succeeded();
    thread = Thread.ofPlatform().daemon().name("watch-database").start(this::watch);
  }

  @Override
  public void stop() {
    running = false;
    thread.interrupt();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void watch() {
    try {
      while (running) {
        trouble = !takesWrites();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      running = false; // the application stops
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
