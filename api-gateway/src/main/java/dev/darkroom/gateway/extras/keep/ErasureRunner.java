package dev.darkroom.gateway.extras.keep;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.jobs.OutcomeStore;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.ledger.keep.Erasure;
import dev.darkroom.ledger.keep.ErasureStore;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Carries out erasures, slice by slice: open jobs end first, then of each ended job the picture
 * goes and then the content, at last what belongs to no job. Any gateway goes on where another one
 * stopped.
 */
@Component
final class ErasureRunner {
  private static final Logger log = LoggerFactory.getLogger(ErasureRunner.class);
  private static final int SLICE = 100;

  /** So long nobody else goes on with the erasure of a gateway that was killed. */
  private static final Duration RESERVATION = Duration.ofSeconds(30);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final ErasureStore erasures;
  private final OutcomeStore outcomes;
  private final PictureStore pictures;

  ErasureRunner(ErasureStore erasures, OutcomeStore outcomes, PictureStore pictures) {
    this.erasures = erasures;
    this.outcomes = outcomes;
    this.pictures = pictures;
  }

  @Bean
  BackgroundLoop erasuresLoop() {
    return new BackgroundLoop("run-erasures", LOOK_EVERY, this::round);
  }

  /** True if there is more to do at once. */
  boolean round() {
    return erasures.take(RESERVATION).map(this::runSlice).orElse(false);
  }

  /** False while jobs are in workers' hands. */
  private boolean runSlice(Erasure erasure) {
    var open = erasures.openJobs(erasure, SLICE);
    if (!open.isEmpty()) {
      cancel(erasure, open);
      return goOn(erasure);
    }
    var slice = erasures.nextEnded(erasure, SLICE);
    if (!slice.jobs().isEmpty()) {
      delete(slice.called());
      erasures.erase(erasure, slice.jobs());
      return goOn(erasure);
    }
    if (slice.open() > 0) {
      erasures.putOff(erasure, LOOK_EVERY); // their workers cut the calls within seconds
      return false;
    }
    if (erasures.eraseRest(erasure)) {
      return goOn(erasure);
    }
    erasures.complete(erasure).ifPresent(ErasureRunner::logCompleted);
    return true; // there may be others
  }

  private boolean goOn(Erasure erasure) {
    erasures.putOff(erasure, Duration.ZERO);
    return true;
  }

  /** Their completion events are published by the sweep, also where this is a command. */
  private void cancel(Erasure erasure, List<RequestId> open) {
    var cancelled =
        open.stream()
            .map(job -> outcomes.cancelIfOpen(job, Visibility.ALL, null, null))
            .filter(cancellation -> !(cancellation instanceof Cancellation.NotOpen))
            .count();
    erasures.noteCancelled(erasure, (int) cancelled);
  }

  private void delete(List<RequestId> jobs) {
    try {
      for (var job : jobs) {
        var _ = pictures.delete(job);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void logCompleted(Erasure erasure) {
    log.atWarn()
        .addKeyValue("erasure", erasure.id())
        .addKeyValue("cancelled", erasure.cancelled())
        .addKeyValue("jobs", erasure.jobs())
        .addKeyValue("steps", erasure.steps())
        .addKeyValue("pictures", erasure.pictures())
        .addKeyValue("deliveries", erasure.deliveries())
        .addKeyValue("keys", erasure.keys())
        .log("erasure completed");
  }
}
