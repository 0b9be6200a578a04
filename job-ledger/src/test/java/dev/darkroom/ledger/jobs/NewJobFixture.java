package dev.darkroom.ledger.jobs;

import static dev.darkroom.ledger.jobs.JobFixture.CALL;
import static dev.darkroom.ledger.jobs.JobFixture.REQUEST;
import static dev.darkroom.ledger.jobs.JobFixture.TRACE;

import dev.darkroom.ledger.jobs.NewJob.IdempotencyKey;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs that nobody has submitted before. */
public final class NewJobFixture {
  static final Duration DEADLINE = Duration.ofMinutes(10);

  private NewJobFixture() {}

  public static NewJob aNewJob() {
    return new NewJob(new RequestId(UUID.randomUUID()), "ada", REQUEST, CALL, DEADLINE, TRACE);
  }

  /** Of this owner, with the label that all jobs here have. */
  public static NewJob aNewJobOf(String owner) {
    return aNewJobOf(owner, null);
  }

  static NewJob aNewJobOf(String owner, @Nullable IdempotencyKey key) {
    var random = UUID.randomUUID();
    var version7 = (Instant.now().toEpochMilli() << 16) | 0x7000 | (random.hashCode() & 0xfff);
    var id = new RequestId(new UUID(version7, random.getLeastSignificantBits()));
    return new NewJob(id, owner, "ada", REQUEST, CALL, DEADLINE, TRACE, key, null, null);
  }

  static NewJob aNewJob(IdempotencyKey key) {
    return new NewJob(new RequestId(UUID.randomUUID()), "ada", REQUEST, CALL, DEADLINE, TRACE, key);
  }
}
