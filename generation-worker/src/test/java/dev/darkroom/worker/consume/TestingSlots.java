package dev.darkroom.worker.consume;

import dev.darkroom.model.JobMessage;
import dev.darkroom.worker.run.JobSlots;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.dao.DataAccessResourceFailureException;

/** Slots whose room and ledger are as a test wants them. */
final class TestingSlots implements JobSlots {
  final List<JobMessage> taken = new CopyOnWriteArrayList<>();
  volatile boolean ledgerAnswers = true;
  private int room = Integer.MAX_VALUE;

  synchronized void setRoom(int jobs) {
    room = jobs;
    notifyAll();
  }

  @Override
  public int total() {
    return 16;
  }

  @Override
  public synchronized int room() {
    return room;
  }

  @Override
  public synchronized void awaitRoom(Duration atMost) throws InterruptedException {
    var giveUp = System.nanoTime() + atMost.toNanos();
    for (var left = atMost; room == 0 && left.toMillis() > 0; ) {
      wait(left.toMillis());
      left = Duration.ofNanos(giveUp - System.nanoTime());
    }
  }

  @Override
  public void take(List<JobMessage> messages) {
    tryLedger();
    taken.addAll(messages);
  }

  @Override
  public void tryLedger() {
    if (!ledgerAnswers) {
      throw new DataAccessResourceFailureException("no answer");
    }
  }
}
