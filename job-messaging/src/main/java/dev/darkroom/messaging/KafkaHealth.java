package dev.darkroom.messaging;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * What keeps this process from using Kafka. Each problem is logged when it begins, when its reason
 * changes, every ten minutes while it lasts, and when it ends. Health is down while one lasts, but
 * in no group of its own accord: jobs are accepted without Kafka, and a restart does not help.
 */
public final class KafkaHealth implements HealthIndicator {
  private static final Logger log = LoggerFactory.getLogger(KafkaHealth.class);
  private static final Duration REPEAT_AFTER = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final Map<KafkaConcern, LoggedReason> lasting = new EnumMap<>(KafkaConcern.class);

  public KafkaHealth(InstantSource clock) {
    this.clock = clock;
  }

  /** What a problem is about, and what it means. */
  public enum KafkaConcern {
    TOPICS(
        "topics can't be created or checked; accepted jobs wait in the ledger",
        "topics can be created and checked again"),
    SHARE_GROUP(
        "the share group can't be set to read from the beginning; jobs sent before its first worker joined are published again later",
        "the share group reads from the beginning"),
    PARTITIONS(
        "partitions can't be added to the topic of jobs; this is retried",
        "the topic of jobs has enough partitions"),
    JOBS(
        "Kafka takes no jobs; new jobs are accepted and wait in the ledger",
        "Kafka takes jobs again; those that waited in the ledger are published now"),
    EVENTS(
        "Kafka takes no completion events; they wait in the ledger",
        "Kafka takes completion events again"),
    INTAKE(
        "this worker gets no jobs from Kafka; it retries every few seconds",
        "this worker has joined its group again");

    private final String begins;
    private final String ends;

    KafkaConcern(String begins, String ends) {
      this.begins = begins;
      this.ends = ends;
    }
  }

  private record LoggedReason(String reason, Instant loggedAt) {}

  /** Logs the reason, unless that was done a short time ago. */
  public synchronized void report(KafkaConcern concern, String reason) {
    var now = clock.instant();
    var known = lasting.get(concern);
    if (known != null
        && known.reason().equals(reason)
        && now.isBefore(known.loggedAt().plus(REPEAT_AFTER))) {
      return;
    }
    lasting.put(concern, new LoggedReason(reason, now));
    log.atWarn().addKeyValue("reason", reason).log(concern.begins);
  }

  /** Logs that the problem is over, if there was one. */
  public synchronized void end(KafkaConcern concern) {
    if (lasting.remove(concern) != null) {
      log.info(concern.ends);
    }
  }

  /** The reason of a problem, while it lasts. */
  public synchronized Optional<String> reason(KafkaConcern concern) {
    return Optional.ofNullable(lasting.get(concern)).map(LoggedReason::reason);
  }

  synchronized boolean isInTrouble() {
    return !lasting.isEmpty();
  }

  @Override
  public synchronized Health health() {
    var health = lasting.isEmpty() ? Health.up() : Health.down();
    lasting.forEach((concern, known) ->
        health.withDetail(concern.name().toLowerCase(Locale.ROOT), known.reason()));
    return health.build();
  }
}
