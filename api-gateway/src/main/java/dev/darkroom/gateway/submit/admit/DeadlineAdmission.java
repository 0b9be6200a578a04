package dev.darkroom.gateway.submit.admit;

import dev.darkroom.gateway.provider.ProviderWatch;
import dev.darkroom.gateway.submit.admit.QueueForecast.PictureForecast;
import dev.darkroom.gateway.submit.admit.QueueLimits.QueueSettings;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.queue.QueueLoad;
import dev.darkroom.ledger.queue.QueueLoad.WaitingJobs;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Finds jobs that can't be done by their deadline, before they are accepted and fail. It looks at
 * the queue about once a second, whatever is submitted, and refuses nothing where it can't tell:
 * while few jobs wait, no pictures come, calls fail, or the ledger does not answer.
 */
@Component
public final class DeadlineAdmission {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration LOOK_HOLDS = Duration.ofSeconds(10);

  /** Of the time; the look at a long queue takes its time, and so is taken less often. */
  private static final int SHARE_OF_LOOKS = 20;

  private static final int MOST_LINES = 1_000;

  private final QueueLoad queueLoad;
  private final ProviderWatch provider;
  private final QueueSettings settings;
  private final QueueForecast forecast = new QueueForecast();
  private volatile long lookedAt = System.nanoTime();
  private long nextLook = System.nanoTime();

  /** Lines that submitted last. */
  private final Map<String, Boolean> lines =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_LINES;
        }
      };

  DeadlineAdmission(QueueLoad queueLoad, ProviderWatch provider, QueueSettings settings) {
    this.queueLoad = queueLoad;
    this.provider = provider;
    this.settings = settings;
  }

  /**
   * A job would come too late.
   *
   * @param expected when its picture may be there, from now
   * @param retryAfter when it may be accepted
   */
  public record Lateness(Duration expected, Duration retryAfter) {}

  @Bean
  BackgroundLoop forecastLoop() {
    return new BackgroundLoop("forecast-queue", LOOK_EVERY, this::round);
  }

  /** Never more to do at once. */
  boolean round() {
    if (settings.refuseUnreachable() && System.nanoTime() - nextLook >= 0) {
      var began = System.nanoTime();
      look();
      lookedAt = System.nanoTime();
      nextLook = lookedAt + SHARE_OF_LOOKS * (lookedAt - began) - LOOK_EVERY.toNanos();
    }
    return false;
  }

  private void look() {
    var waiting = queueLoad.waiting();
    if (moves(waiting)) {
      forecast.observe(
          waiting,
          queueLoad.pictures(within(forecast.span(waiting.at()))),
          queueLoad.ends(recentLines()));
    } else {
      forecast.forget();
    }
  }

  private boolean moves(WaitingJobs waiting) {
    return !waiting.line().isEmpty()
        && !waiting.isPaused()
        && waiting.slots() > 0
        && provider.recently().promising();
  }

  /**
   * Whose pictures tell the pace: those since jobs began to wait, as long as that is not too long.
   */
  static Duration within(Duration waiting) {
    return waiting.compareTo(QueueForecast.LONGEST) < 0 ? waiting : QueueForecast.LONGEST;
  }

  private List<String> recentLines() {
    synchronized (lines) {
      return List.copyOf(lines.keySet());
    }
  }

  /**
   * Whether the last of some new jobs of this line would miss its deadline; empty where that is not
   * known.
   *
   * @param line the jobs' owner, or their user where there is none
   * @param jobs that come together
   */
  public Optional<Lateness> latenessOf(String line, JobTerms terms, int jobs, Duration deadline) {
    if (!settings.refuseUnreachable()) {
      return Optional.empty();
    }
    synchronized (lines) {
      lines.put(line, true);
    }
    return System.nanoTime() - lookedAt > LOOK_HOLDS.toNanos()
        ? Optional.empty()
        : forecast.of(line, terms, jobs).flatMap(picture -> lateness(picture, deadline));
  }

  private static Optional<Lateness> lateness(PictureForecast picture, Duration deadline) {
    return picture.surely().compareTo(deadline) > 0
        ? Optional.of(new Lateness(picture.expected(), picture.surely().minus(deadline)))
        : Optional.empty();
  }

  /** Counts an accepted job that waits for its turn, until the next look does. */
  public void putInLine(String line, JobTerms terms) {
    forecast.added(line, terms);
  }
}
