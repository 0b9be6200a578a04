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
 * Deletes pictures whose jobs ended long enough ago. The store lists old pictures, so none is
 * missed; the ledger decides which of them may go, so that no picture is deleted before its job is
 * old enough.
 */
@Component
final class PictureRetention {
  private static final Logger log = LoggerFactory.getLogger(PictureRetention.class);
  private static final int BATCH = 100;

  private final PictureStore store;
  private final RetentionStore ledger;
  private final Duration keep;
  private final Clock clock;
  private final Counter deleted;

  PictureRetention(
      PictureStore store,
      RetentionStore ledger,
      PictureSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.store = store;
    this.ledger = ledger;
    this.keep = settings.keep();
    this.clock = clock;
    this.deleted =
        Counter.builder("darkroom.picture.removed")
            .description("Pictures that were deleted when their retention ended")
            .register(meters);
  }

  /** Several gateways may do this at the same time; one of them deletes each picture. */
  boolean round() {
    if (keep.isZero()) {
      return false;
    }
    var before = deleted.count();
    try {
      store.eachSavedBefore(clock.instant().minus(keep), BATCH, this::deleteExpired);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      logDeleted((long) (deleted.count() - before));
    }
    return false;
  }

  private boolean deleteExpired(List<RequestId> pictures) {
    try {
      for (var id : ledger.forgetPicturesIfEndedBefore(pictures, keep)) {
        if (store.delete(id)) {
          deleted.increment();
        }
      }
      return !Thread.currentThread().isInterrupted();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void logDeleted(long pictures) {
    if (pictures > 0) {
      log.atInfo()
          .addKeyValue("pictures", pictures)
          .addKeyValue("keep", keep)
          .log("deleted expired pictures");
    }
  }
}
