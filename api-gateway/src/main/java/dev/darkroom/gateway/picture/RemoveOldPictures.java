package dev.darkroom.gateway.picture;

import dev.darkroom.ledger.jobs.RetentionStore;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Removes pictures that were kept for long enough after their jobs had ended. The store says which
 * are old, so that nothing is overlooked; the ledger says which of those may go, so that a picture
 * never goes before its log is as old.
 */
@Component
final class RemoveOldPictures {
  private static final Logger log = LoggerFactory.getLogger(RemoveOldPictures.class);
  private static final int BATCH = 100;

  private final PictureStore store;
  private final RetentionStore ledger;
  private final Duration keep;
  private final Clock clock;
  private final Counter removed;

  RemoveOldPictures(
      PictureStore store,
      RetentionStore ledger,
      PictureSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.store = store;
    this.ledger = ledger;
    this.keep = settings.keep();
    this.clock = clock;
    this.removed =
        Counter.builder("darkroom.picture.removed")
            .description("Pictures that were removed after they had been kept for long enough")
            .register(meters);
  }

  /** Several gateways may do so at the same time; each picture is removed by one of them. */
  boolean round() {
    if (keep.isZero()) {
      return false;
    }
    var before = removed.count();
    try {
      store.eachSavedBefore(clock.instant().minus(keep), BATCH, this::removeThoseThatMayGo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      say((long) (removed.count() - before));
    }
    return false;
  }

  private boolean removeThoseThatMayGo(List<RequestId> pictures) {
    try {
      for (var id : ledger.forgetPicturesIfEndedBefore(pictures, keep)) {
        if (store.delete(id)) {
          removed.increment();
        }
      }
      return !Thread.currentThread().isInterrupted();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void say(long pictures) {
    if (pictures > 0) {
      log.atInfo()
          .addKeyValue("pictures", pictures)
          .addKeyValue("keep", keep)
          .log("pictures were removed, as they had been kept for long enough");
    }
  }
}
