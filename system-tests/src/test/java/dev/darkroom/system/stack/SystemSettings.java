package dev.darkroom.system.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of gateways and workers: short enough for a fault and its end to fit into seconds.
 *
 * @param lease how long a job stays with a silent worker
 * @param drain what a worker that is stopped may take to end its jobs
 * @param deadline by when a job has ended
 * @param callTimeout what one call to the provider may take
 * @param pooled whether gateways and workers reach PostgreSQL through PgBouncer in transaction mode
 */
public record SystemSettings(
    Duration lease,
    Duration drain,
    Duration deadline,
    Duration callTimeout,
    int concurrency,
    boolean pooled) {

  /** Jobs may name it; others get the default. */
  public static final String FLUX = "black-forest-labs/flux-schnell";

  public static SystemSettings quick() {
    return new SystemSettings(
        Duration.ofSeconds(5),
        Duration.ofSeconds(7),
        Duration.ofMinutes(4),
        Duration.ofSeconds(6),
        64,
        false);
  }

  /** The same, for calls that may take this long. */
  public SystemSettings withCallsOf(Duration longest) {
    return new SystemSettings(
        lease, longest.plusSeconds(5), deadline, longest, concurrency, pooled);
  }

  public SystemSettings throughPooler() {
    return new SystemSettings(lease, drain, deadline, callTimeout, concurrency, true);
  }

  List<String> ofGateway() {
    var settings = new TreeMap<String, String>();
    settings.put("darkroom.nebius.models", FLUX);
    settings.put("server.address", "127.0.0.1");
    settings.put("darkroom.job.deadline", text(deadline));
    settings.put("darkroom.job.max-attempts", "10");
    settings.put("darkroom.ledger.publish-reservation", "2s");
    settings.put("darkroom.ledger.republish-after", "5s");
    settings.put("darkroom.outbox.look-for-lost", "1s");
    settings.put("darkroom.rescue.grace", text(lease.dividedBy(3)));
    settings.put("darkroom.kafka.check-topics-every", "2s");
    settings.put("darkroom.webhook.allow-private", "true");
    settings.put("darkroom.webhook.timeout", "5s");
    return arguments(settings);
  }

  List<String> ofWorker() {
    var settings = new TreeMap<String, String>();
    settings.put("server.address", "127.0.0.1");
    settings.put("darkroom.job.max-attempts", "10");
    settings.put("darkroom.ledger.publish-reservation", "2s");
    settings.put("darkroom.ledger.republish-after", "5s");
    settings.put("darkroom.kafka.check-topics-every", "2s");
    settings.put("darkroom.worker.lease", text(lease));
    settings.put("darkroom.worker.drain", text(drain));
    settings.put("spring.lifecycle.timeout-per-shutdown-phase", text(drain.plusSeconds(10)));
    settings.put("darkroom.worker.concurrency", Integer.toString(concurrency));
    settings.put("darkroom.intake.hold", "5s");
    settings.put("darkroom.backoff.base", "300ms");
    settings.put("darkroom.backoff.cap", "3s");
    settings.put("darkroom.nebius.timeout", text(callTimeout));
    settings.put("darkroom.nebius.connect-timeout", "1s");
    settings.put("darkroom.nebius.breaker.probe-after", "1s");
    return arguments(settings);
  }

  private static String text(Duration duration) {
    return duration.toMillis() + "ms";
  }

  private static List<String> arguments(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
        .sorted()
        .toList();
  }
}
