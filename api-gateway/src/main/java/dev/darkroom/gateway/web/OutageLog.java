package dev.darkroom.gateway.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of an outage that there is one, and later how many requests it met: not each of them. */
final class OutageLog {
  private static final Logger log = LoggerFactory.getLogger(OutageLog.class);
  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(30);

  private final Clock clock;
  private final Map<LedgerOutage, Instant> next = new EnumMap<>(LedgerOutage.class);
  private final Map<LedgerOutage, Integer> unsaid = new EnumMap<>(LedgerOutage.class);

  OutageLog(Clock clock) {
    this.clock = clock;
  }

  /** A request was refused because of it. */
  synchronized void refused(LedgerOutage outage, String path, RuntimeException e) {
    int requests = unsaid.merge(outage, 1, Integer::sum);
    var now = clock.instant();
    if (now.isBefore(next.getOrDefault(outage, Instant.MIN))) {
      return;
    }
    next.put(outage, now.plus(AT_MOST_EVERY));
    unsaid.remove(outage);
    log.atWarn()
        .addKeyValue("requests", requests)
        .addKeyValue("latest_path", path)
        .addKeyValue("reason", e.getClass().getSimpleName())
        .log(sentence(outage));
  }

  private static String sentence(LedgerOutage outage) {
    return switch (outage) {
      case AWAY -> "the ledger does not answer; clients get 503 and may come back";
      case READ_ONLY -> "the ledger is read-only; clients that submit jobs get 503";
      case TOO_SLOW ->
          "the ledger took too long for a request; its client gets 503 and should ask for less";
    };
  }
}
