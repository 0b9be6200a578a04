package dev.darkroom.gateway.extras.stats;

import dev.darkroom.ledger.statistics.JobStatistics;
import org.springframework.stereotype.Component;

/** Counts the minutes that are over, so that nobody who asks has to wait for it. */
@Component
final class KeepMinutes {
  private final JobStatistics ledger;
  private final StatsSettings settings;

  KeepMinutes(JobStatistics ledger, StatsSettings settings) {
    this.ledger = ledger;
    this.settings = settings;
  }

  /**
   * Whether there are more: after a pause of all gateways, what happened meanwhile is caught up.
   */
  boolean round() {
    var more = ledger.keepSettled(settings.keep());
    ledger.forgetOlderThan(settings.keep());
    return more;
  }
}
