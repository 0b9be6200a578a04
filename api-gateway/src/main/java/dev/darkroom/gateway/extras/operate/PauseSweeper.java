package dev.darkroom.gateway.extras.operate;

import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.operate.PauseStore;
import dev.darkroom.ledger.operate.PauseStore.Pause;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Puts jobs that were set aside back into the line when their pause is over. Any gateway notices
 * that, whoever ended the pause.
 */
@Component
final class PauseSweeper {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** A claim that began before a pause ended may set jobs aside after it. */
  private static final int ROUNDS_WITHOUT_CHANGE = 15;

  private static final int JOBS_PER_ROUND = 10_000;

  private final PauseStore pauseStore;
  private List<Pause> known = List.of();
  private int rounds = ROUNDS_WITHOUT_CHANGE;

  PauseSweeper(PauseStore pauseStore) {
    this.pauseStore = pauseStore;
  }

  @Bean
  BackgroundLoop pausesLoop() {
    return new BackgroundLoop("release-resumed-jobs", LOOK_EVERY, this::round);
  }

  /** True if there may be more to do at once. */
  boolean round() {
    var pauses = pauseStore.list();
    // without a pause there is nearly never a job set aside, and looking for one is cheap
    if (!pauses.isEmpty() && pauses.equals(known) && ++rounds < ROUNDS_WITHOUT_CHANGE) {
      return false;
    }
    var released = pauseStore.releaseResumed(JOBS_PER_ROUND);
    var more = released == JOBS_PER_ROUND;
    if (!more) { // otherwise the next round goes on
      known = pauses;
      rounds = 0;
    }
    return more;
  }
}
