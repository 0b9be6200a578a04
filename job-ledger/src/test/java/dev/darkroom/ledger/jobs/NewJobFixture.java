package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;

import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.UUID;

/** Jobs that nobody has submitted before. */
public final class NewJobFixture {
  static final Duration DEADLINE = Duration.ofMinutes(10);

  private NewJobFixture() {}

  public static NewJob aNewJob() {
    return new NewJob(new RequestId(UUID.randomUUID()), "ada", REQUEST, CALL, DEADLINE, TRACE);
  }

  static NewJob aNewJob(IdempotencyKey key) {
    return new NewJob(new RequestId(UUID.randomUUID()), "ada", REQUEST, CALL, DEADLINE, TRACE, key);
  }
}
