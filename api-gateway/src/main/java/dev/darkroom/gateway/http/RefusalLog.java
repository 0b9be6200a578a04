package dev.darkroom.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts what clients were refused, and says it in one line for all of some seconds: in an outage
 * or a flood a line for each would be a flood of its own.
 */
@Component
public final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

  private final ConcurrentMap<String, AtomicLong> unsaid = new ConcurrentHashMap<>();
  private final MeterRegistry meters;

  public RefusalLog(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * Counts one.
   *
   * @param reason one of a few words
   */
  public void count(String reason) {
    unsaid.computeIfAbsent(reason, _ -> new AtomicLong()).incrementAndGet();
    Counter.builder("darkroom.refused.requests")
        .description("Requests and streams that were refused or ended early to protect the others")
        .tag("reason", reason)
        .register(meters)
        .increment();
  }

  /** Never more to do at once. */
  boolean round() {
    unsaid.forEach((reason, count) -> {
      var refused = count.getAndSet(0);
      if (refused > 0) {
        log.atWarn()
            .addKeyValue("reason", reason)
            .addKeyValue("count", refused)
            .log("requests were refused; their clients were told to come back");
      }
    });
    return false;
  }
}
