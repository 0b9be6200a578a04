package dev.darkroom.gateway.provider;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.statistics.RecentAttempts;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import dev.darkroom.ledger.statistics.RecentAttempts.WorkerActivity;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/** Reads from the ledger whether pictures can be made. The gateway never calls Nebius. */
@Component
public final class ProviderWatch {
  private static final Duration LATELY = Duration.ofMinutes(5);
  private static final Duration LONG_AGO = Duration.ofDays(1);
  private static final int ATTEMPTS = 20;
  private static final long HOLDS = Duration.ofSeconds(1).toNanos();

  private final RecentAttempts ledger;
  private final ProviderSettings settings;
  private volatile LatestState latest =
      new LatestState(
          ProviderState.fine(ProviderState.Availability.IDLE), System.nanoTime() - HOLDS - 1);

  ProviderWatch(RecentAttempts ledger, ProviderSettings settings) {
    this.ledger = ledger;
    this.settings = settings;
  }

  /** Who makes the pictures. */
  public enum ProviderName {
    NEBIUS,
    /** Its pictures do not show the prompt; the web pages say so. */
    SIMULATOR;

    /** As in replies. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Settings of the provider.
   *
   * @param name of the provider that the workers call; the gateway cannot find out by itself
   */
  @Validated
  @ConfigurationProperties("darkroom.provider")
  record ProviderSettings(@DefaultValue("nebius") ProviderName name) {}

  private record LatestState(ProviderState state, long at) {}

  public ProviderName name() {
    return settings.name();
  }

  /** Cached for a second; an outage keeps the last state. */
  public ProviderState recently() {
    var last = latest;
    if (System.nanoTime() - last.at() <= HOLDS) {
      return last.state();
    }
    latest = new LatestState(last.state(), System.nanoTime()); // for the others meanwhile
    try {
      return now();
    } catch (DataAccessException e) { // a job can be shown without this
      return last.state();
    }
  }

  /** As of now. */
  public ProviderState now() {
    var state = read();
    latest = new LatestState(state, System.nanoTime());
    return state;
  }

  /** While jobs wait, the last attempt counts, however old it is. */
  private ProviderState read() {
    var activity = ledger.activity();
    var lately = ledger.latest(LATELY, ATTEMPTS);
    var heard = lately.isEmpty() && activity.open() ? ledger.latest(LONG_AGO, 1) : lately;
    return stateOf(heard, activity);
  }

  /** Of several providers the best off counts: jobs go there. */
  static ProviderState stateOf(List<Answered> heard, WorkerActivity activity) {
    return heard.stream().collect(Collectors.groupingBy(Answered::provider)).values().stream()
        .map(ofOne -> new ProviderHealth(ofOne, activity).state())
        .min(Comparator.comparing(ProviderState::state))
        .orElseGet(() -> new ProviderHealth(List.of(), activity).state());
  }
}
