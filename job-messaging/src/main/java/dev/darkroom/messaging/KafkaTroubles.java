package dev.darkroom.messaging;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps this process from using Kafka as it should. Each trouble is logged when it begins,
 * when its reason changes, every ten minutes while it lasts, and when it ends; health shows what
 * lasts.
 */
public final class KafkaTroubles {
  private static final Logger log = LoggerFactory.getLogger(KafkaTroubles.class);
  private static final Duration REPEAT_AFTER = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final Map<Concern, Trouble> lasting = new EnumMap<>(Concern.class);

  public KafkaTroubles(InstantSource clock) {
    this.clock = clock;
  }

  /** What a trouble is about, and what it means. */
  public enum Concern {
    TOPICS(
        "the topics can't be kept; accepted jobs wait in the ledger until they can",
        "the topics are kept again"),
    SHARE_GROUP(
        "the share group could not be told to read from the beginning; jobs sent before its first worker came are published again later",
        "the share group reads from the beginning"),
    PARTITIONS(
        "the topic of jobs did not get more partitions; this is looked at again",
        "the topic of jobs has enough partitions"),
    JOBS(
        "Kafka takes no jobs; they are accepted and wait in the ledger until it does",
        "Kafka takes jobs again; those that waited in the ledger are published now"),
    EVENTS(
        "Kafka takes no completion events; they wait in the ledger and are sent until it does",
        "Kafka takes completion events again"),
    INTAKE(
        "this worker gets no jobs from Kafka; it tries again every few seconds",
        "this worker is in its group again");

    private final String begins;
    private final String ends;

    Concern(String begins, String ends) {
      this.begins = begins;
      this.ends = ends;
    }
  }

  private record Trouble(String reason, Instant told) {}

  public void report(Concern concern, Throwable failure) {
    report(concern, KafkaFailure.inWords(failure));
  }

  /** Says so, unless it was said lately. */
  public synchronized void report(Concern concern, String reason) {
    var now = clock.instant();
    var known = lasting.get(concern);
    if (known != null
        && known.reason().equals(reason)
        && now.isBefore(known.told().plus(REPEAT_AFTER))) {
      return;
    }
    lasting.put(concern, new Trouble(reason, now));
    log.atWarn().addKeyValue("reason", reason).log(concern.begins);
  }

  /** Says that it is over, if it was there. */
  public synchronized void end(Concern concern) {
    if (lasting.remove(concern) != null) {
      log.info(concern.ends);
    }
  }

  /** The reason of this trouble, as long as it lasts. */
  public synchronized Optional<String> reason(Concern concern) {
    return Optional.ofNullable(lasting.get(concern)).map(Trouble::reason);
  }

  /** All troubles that last: what each is about, and its reason. */
  synchronized Map<String, String> all() {
    var all = new LinkedHashMap<String, String>();
    lasting.forEach(
        (concern, trouble) -> all.put(concern.name().toLowerCase(Locale.ROOT), trouble.reason()));
    return all;
  }
}
