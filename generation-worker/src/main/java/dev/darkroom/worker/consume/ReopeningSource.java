package dev.darkroom.worker.consume;

import dev.darkroom.messaging.KafkaFailure;
import dev.darkroom.messaging.KafkaTroubles;
import dev.darkroom.messaging.KafkaTroubles.Concern;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * A source that outlives its consumer. A consumer that was refused, for want of a right or of share
 * groups, is of no use any more; it is closed, the reason is told, and after a rest another one is
 * opened, so that what is mended at the broker needs no restart here.
 */
final class ReopeningSource implements JobSource {
  private static final Duration REST = Duration.ofSeconds(5);
  private static final String NO_SHARE_GROUPS =
      "this broker has no share groups; set darkroom.intake.mode=classic for all workers, or, with Kafka 4.2 or later, enable them: kafka-features.sh --bootstrap-server … upgrade --feature share.version=1";

  private final Supplier<JobSource> open;
  private final IntakeMode mode;
  private final KafkaTroubles troubles;
  private final Semaphore wakeUps = new Semaphore(0);
  private volatile @Nullable JobSource current;

  ReopeningSource(Supplier<JobSource> open, IntakeMode mode, KafkaTroubles troubles) {
    this.open = open;
    this.mode = mode;
    this.troubles = troubles;
  }

  @Override
  public List<Delivery> poll(Duration atMost) {
    try {
      var source = current == null ? open.get() : current;
      current = source;
      var deliveries = source.poll(atMost);
      if (source.hasJoined()) {
        troubles.end(Concern.INTAKE);
      }
      wakeUps.drainPermits(); // they ended this poll
      return deliveries;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      giveUp(e);
      rest(atMost);
      return List.of();
    }
  }

  private void giveUp(KafkaException refused) {
    troubles.report(
        Concern.INTAKE,
        switch (refused) {
          case UnsupportedVersionException _ when mode == IntakeMode.SHARE -> NO_SHARE_GROUPS;
          // a share consumer does not say which
          case GroupAuthorizationException _ ->
              KafkaFailure.inWords(GroupAuthorizationException.forGroupId(group()), "READ");
          default -> KafkaFailure.inWords(refused, "READ and DESCRIBE");
        });
    close();
  }

  private String group() {
    return switch (mode) {
      case SHARE -> JobSubscription.SHARE.group();
      case CLASSIC -> JobSubscription.CLASSIC.group();
    };
  }

  private void rest(Duration atMost) {
    var millis = Math.min(atMost.toMillis(), REST.toMillis());
    try {
      var _ = wakeUps.tryAcquire(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void accept(List<Delivery> deliveries) {
    whereOpen(source -> source.accept(deliveries));
  }

  @Override
  public void giveBack(List<Delivery> deliveries) {
    whereOpen(source -> source.giveBack(deliveries));
  }

  @Override
  public void stay() {
    whereOpen(JobSource::stay);
  }

  private void whereOpen(Consumer<JobSource> call) {
    var source = current;
    if (source == null) {
      return; // its records have gone to others
    }
    try {
      call.accept(source);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      giveUp(e);
    }
  }

  @Override
  public boolean hasJoined() {
    var source = current;
    return source != null && source.hasJoined();
  }

  @Override
  public void wakeUp() {
    wakeUps.release();
    var source = current;
    if (source != null) {
      source.wakeUp();
    }
  }

  @Override
  public void close() {
    var source = current;
    current = null;
    if (source != null) {
      source.close();
    }
  }
}
