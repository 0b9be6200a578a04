package dev.darkroom.worker.consume;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import dev.darkroom.worker.run.ExecutorCapacity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.dao.DataAccessResourceFailureException;

/** Capacity and a ledger as a test wants them. */
final class TestingCapacity implements ExecutorCapacity {
  final List<RequestId> taken = new CopyOnWriteArrayList<>();
  final List<List<RequestId>> failedClaims = new CopyOnWriteArrayList<>();
  volatile boolean ledgerAnswers = true;

  /** As where the ledger answers everything but a claim. */
  volatile boolean claimsFail;

  private int available = Integer.MAX_VALUE;

  synchronized void setAvailable(int jobs) {
    available = jobs;
    notifyAll();
  }

  @Override
  public int total() {
    return 16;
  }

  @Override
  public synchronized int available() {
    return available;
  }

  @Override
  public synchronized void awaitAvailable(Duration atMost) throws InterruptedException {
    var giveUp = System.nanoTime() + atMost.toNanos();
    for (var left = atMost; available == 0 && left.toMillis() > 0; ) {
      wait(left.toMillis());
      left = Duration.ofNanos(giveUp - System.nanoTime());
    }
  }

  @Override
  public void claimAndRun(List<JobMessage> messages) {
    var jobs = messages.stream().map(JobMessage::requestId).toList();
    if (claimsFail) {
      failedClaims.add(jobs);
      throw new DataAccessResourceFailureException("no claim");
    }
    tryLedger();
    taken.addAll(jobs);
  }

  @Override
  public void tryLedger() {
    if (!ledgerAnswers) {
      throw new DataAccessResourceFailureException("no answer");
    }
  }
}
