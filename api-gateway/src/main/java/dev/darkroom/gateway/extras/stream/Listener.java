package dev.darkroom.gateway.extras.stream;

import dev.darkroom.gateway.extras.stream.News.Nothing;
import dev.darkroom.gateway.extras.stream.News.Over;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One who listens: what it has not heard yet, up to a limit. Whoever tells it something never waits
 * for it; if it falls behind that far, it is over.
 */
final class Listener {
  private static final News NOTHING = new Nothing();
  private static final News OVER = new Over();

  private final Wanted wanted;
  private final BlockingQueue<News> unheard;
  private final CountDownLatch over = new CountDownLatch(1);

  Listener(Wanted wanted, int queue) {
    this.wanted = wanted;
    this.unheard = new LinkedBlockingQueue<>(queue);
  }

  Wanted wanted() {
    return wanted;
  }

  /**
   * Tells it something.
   *
   * @return false where it is too far behind to hear it, and over by that
   */
  synchronized boolean tell(News news) {
    if (isOver() || unheard.offer(news)) {
      return true;
    }
    end();
    return false;
  }

  /** Tells it this alone: what was told and not heard is forgotten. */
  synchronized void tellInstead(News news) {
    if (!isOver()) {
      unheard.clear();
      unheard.add(news);
    }
  }

  /** Nothing more is told, and what was told and not heard is forgotten. */
  synchronized void end() {
    over.countDown();
    unheard.clear();
    unheard.add(OVER);
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /** The next news, {@link Nothing} after that time. */
  News next(Duration patience) throws InterruptedException {
    var news = unheard.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    return isOver() ? OVER : Objects.requireNonNullElse(news, NOTHING);
  }

  /** Whether there is nothing to hear right now. */
  boolean hasHeardAll() {
    return unheard.isEmpty();
  }

  /** Rests, but not for longer than until the end. */
  void rest(Duration atMost) throws InterruptedException {
    var _ = over.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
