package dev.darkroom.gateway.rescue;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;

/**
 * Looks for pictures in the time that a round has for it: a store that hangs must not keep jobs
 * from ending at their deadline. For one thread.
 */
final class LookInStore {
  private final Look store;
  private final Duration perLook;
  private final Duration perRound;
  private @Nullable Future<?> underWay;
  private long endOfRound;

  /** The store's own way to find a picture. */
  interface Look {
    Optional<StoredPicture> find(RequestId id) throws IOException;
  }

  LookInStore(Look store, Duration perLook, Duration perRound) {
    this.store = store;
    this.perLook = perLook;
    this.perRound = perRound;
  }

  void beginRound() {
    endOfRound = System.nanoTime() + perRound.toNanos();
  }

  /**
   * The picture, where there is one.
   *
   * @throws IOException where the store fails or does not answer in time; one that did not answer
   *     is not asked again before the next round
   */
  Optional<StoredPicture> find(RequestId id) throws IOException {
    long left = Math.min(endOfRound - System.nanoTime(), perLook.toNanos());
    if (left <= 0) {
      throw new IOException("this round's time for it is over");
    } else if (underWay != null && !underWay.isDone()) {
      throw new IOException("an earlier question is still unanswered");
    }
    var look = new FutureTask<>(() -> store.find(id));
    underWay = look;
    // not a virtual thread: one that hangs in a file system would hold on to a carrier
    var _ = Thread.ofPlatform().daemon().name("look-in-store").start(look);
    return answer(look, left);
  }

  private Optional<StoredPicture> answer(Future<Optional<StoredPicture>> look, long nanos)
      throws IOException {
    try {
      return look.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      endOfRound = System.nanoTime();
      throw new IOException("no answer within " + Duration.ofNanos(nanos).toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(NestedExceptionUtils.getMostSpecificCause(e).getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
