package dev.darkroom.gateway.http;

import dev.darkroom.ledger.loop.BackgroundLoop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Counts refused requests, and logs them in one line per reason and minute. */
@Component
public final class RefusalLog {
  private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

  private final ConcurrentMap<String, AtomicLong> unlogged = new ConcurrentHashMap<>();
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
    unlogged.computeIfAbsent(reason, _ -> new AtomicLong()).incrementAndGet();
    Counter.builder("darkroom.refused.requests")
        .description("Requests and streams refused, or ended early, to protect the others")
        .tag("reason", reason)
        .register(meters)
        .increment();
  }

  @Bean
  static BackgroundLoop refusalSweep(RefusalLog refusals) {
    return new BackgroundLoop("sum-up-refusals", Duration.ofMinutes(1), refusals::round);
  }

  /** Never more to do at once. */
  boolean round() {
    unlogged.forEach((reason, count) -> {
      var refused = count.getAndSet(0);
      if (refused > 0) {
        log.atWarn()
            .addKeyValue("reason", reason)
            .addKeyValue("count", refused)
            .log("requests refused; clients were told to retry later");
      }
    });
    return false;
  }
}
