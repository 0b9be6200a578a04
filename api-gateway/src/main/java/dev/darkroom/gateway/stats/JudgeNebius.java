package dev.darkroom.gateway.stats;

import dev.darkroom.gateway.stats.StatsReply.Nebius;
import dev.darkroom.gateway.stats.StatsReply.State;
import dev.darkroom.ledger.statistics.RecentAttempts.Answered;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Says how Nebius is from what the latest attempts came to; the gateway itself never calls it.
 *
 * <p>It is {@code idle} where no attempt ended lately; {@code away} where the latest three, or
 * more, all failed, or where none ended because jobs still wait after one that did; {@code
 * struggling} where at least a tenth of them failed; {@code well} otherwise.
 */
final class JudgeNebius {
  /** An outage shows in a few attempts: while the breaker is open, one of them probes at a time. */
  private static final int AWAY = 3;

  private static final int TENTH = 10;

  /** What makes jobs wait that Nebius is to blame for. */
  private static final Set<String> ITS_FAULT =
      Set.of(
          "provider_unavailable", "rate_limited", "misconfigured", "bad_reply", "outcome_unknown");

  private JudgeNebius() {}

  /**
   * @param latest attempts that say something about Nebius, latest first
   * @param waiting codes of the setbacks that jobs wait after
   */
  static Nebius by(List<Answered> latest, Collection<String> waiting) {
    var failed = latest.stream().filter(attempt -> !attempt.well()).toList();
    if (latest.isEmpty()) {
      return whileNobodyCalls(waiting);
    } else if (failed.size() * TENTH < latest.size() || failed.isEmpty()) {
      return new Nebius(State.WELL, null);
    }
    var away = latest.size() >= AWAY && latest.stream().limit(AWAY).noneMatch(Answered::well);
    return new Nebius(away ? State.AWAY : State.STRUGGLING, failed.getFirst().reason());
  }

  private static Nebius whileNobodyCalls(Collection<String> waiting) {
    return waiting.stream()
        .filter(ITS_FAULT::contains)
        .sorted()
        .findFirst()
        .map(code ->
            new Nebius(State.AWAY, "Jobs wait until they may be called for again: " + code + "."))
        .orElseGet(() -> new Nebius(State.IDLE, null));
  }
}
