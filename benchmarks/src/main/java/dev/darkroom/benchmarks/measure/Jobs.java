package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.stand.Await;
import dev.darkroom.benchmarks.stand.Database;
import java.time.Duration;

/** Waits for what becomes of jobs, by asking the ledger now and then. */
final class Jobs {
  private Jobs() {}

  /** Until Kafka has them, but for those that are held back. */
  static void awaitPublished(Database database, Duration atMost) throws Exception {
    Await.until(
        "all jobs are published",
        atMost,
        Duration.ofMillis(100),
        () ->
            database.ask(
                    """
                    select count(*) from public.generation_queue
                    where enqueued_at is null and state in ('dispatched', 'due')
                    """)
                == 0);
  }

  /** Until they are completed; a job that failed would spoil the measure. */
  static void awaitCompleted(Database database, Duration atMost) throws Exception {
    awaitEnded(database, atMost);
    double failed =
        database.ask("select count(*) from public.generation_jobs where status <> 'completed'");
    if (failed > 0) {
      throw new IllegalStateException("%.0f jobs failed".formatted(failed));
    }
  }

  /** Until none is open. */
  static void awaitEnded(Database database, Duration atMost) throws Exception {
    try (var connection = database.connect()) {
      Await.until(
          "all jobs have ended",
          atMost,
          Duration.ofMillis(100),
          () ->
              Database.ask(
                      connection,
                      "select count(*) from public.generation_jobs where finished_at is null")
                  == 0);
    }
  }
}
