package dev.darkroom.gateway.http;

import dev.darkroom.ledger.readers.ReadBudget;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/** Limits requests that read much: how many at once, for how long, and to clients how slow. */
@Component
public final class HeavyReaders {
  private static final Duration FEWER_READERS = Duration.ofSeconds(2);
  private static final String ADVICE = " Try again in a few seconds.";

  private final ClientLimiter pages;
  private final ClientLimiter exports;
  private final ReaderSettings settings;
  private final ReadRate rate;
  private final RefusalLog refusals;

  HeavyReaders(ReaderSettings settings, ReadRate rate, RefusalLog refusals) {
    this.pages = new ClientLimiter(settings.pages(), settings.perClient(), settings.patience());
    this.exports = new ClientLimiter(settings.exports(), settings.perClient(), settings.patience());
    this.settings = settings;
    this.rate = rate;
    this.refusals = refusals;
  }

  /**
   * Settings of requests that read much: log pages, searches, statistics and exports.
   *
   * @param pages concurrent requests other than exports
   * @param exports concurrent exports
   * @param perClient of each kind per client address; 0 for no limit
   * @param patience how long a request waits for a free place
   * @param budget longest time for the queries of a page
   * @param exportBudget longest time for an export
   */
  @Validated
  @ConfigurationProperties("darkroom.readers")
  record ReaderSettings(
      @DefaultValue("16") @Min(1) @Max(1_000) int pages,
      @DefaultValue("8") @Min(1) @Max(1_000) int exports,
      @DefaultValue("8") @Min(0) @Max(1_000) int perClient,
      @DefaultValue("2s") @DurationMin(millis = 0) @DurationMax(seconds = 30) Duration patience,
      @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 1) Duration budget,
      @DefaultValue("15m") @DurationMin(seconds = 1) @DurationMax(hours = 24)
          Duration exportBudget) {}

  /** How often a caller may read much. */
  @FunctionalInterface
  public interface ReadRate {
    /** The reply to a request that comes too soon; null for one that may go on. */
    @Nullable Problem refusal(HttpServletRequest request);
  }

  /** Reads and replies; null where the reply is written already. */
  @FunctionalInterface
  public interface HeavyRead {
    @Nullable ResponseEntity<Object> answer() throws IOException;
  }

  public @Nullable ResponseEntity<Object> page(HttpServletRequest request, HeavyRead reading)
      throws IOException {
    return admit(pages, settings.budget(), request, reading);
  }

  public @Nullable ResponseEntity<Object> export(HttpServletRequest request, HeavyRead reading)
      throws IOException {
    return admit(exports, settings.exportBudget(), request, reading);
  }

  private @Nullable ResponseEntity<Object> admit(
      ClientLimiter limiter, Duration budget, HttpServletRequest request, HeavyRead reading)
      throws IOException {
    var tooFast = rate.refusal(request);
    if (tooFast != null) {
      return tooFast.answer();
    }
    return switch (limiter.enter(request)) {
      case ClientLimiter.Entry.Admitted place -> {
        try (place) {
          yield ReadBudget.within(budget, ClientConnection.goneOf(request), reading::answer);
        }
      }
      case ClientLimiter.Entry.ClientHasTooMany _ ->
          refuse(
              Problem.tooMany(
                  "Too many of your searches and exports are running." + ADVICE, FEWER_READERS));
      case ClientLimiter.Entry.TooMany _ -> refuse();
    };
  }

  /** The reply to a request that finds no place. */
  public ResponseEntity<Object> refuse() {
    return refuse(
        Problem.unavailable("Too many searches and exports are running." + ADVICE, FEWER_READERS));
  }

  private ResponseEntity<Object> refuse(Problem problem) {
    refusals.count("too_many_readers");
    return problem.code(ProblemCode.TOO_MANY_READERS).answer();
  }

  /**
   * Writes a page while it keeps its place: a slow client keeps its rows in memory.
   *
   * @return null, as the reply is written then
   */
  public @Nullable ResponseEntity<Object> write(
      JsonMapper json, Object page, HttpServletResponse response) throws IOException {
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    try {
      json.writeValue(to(response), page);
    } catch (JacksonIOException e) {
      throw e.getCause(); // the client has gone, or is too slow
    }
    return null;
  }

  /** The reply's stream; it fails for a client that reads too slowly. */
  public OutputStream to(HttpServletResponse response) throws IOException {
    return new PacedOutput(
        response.getOutputStream(), System::nanoTime, () -> refusals.count("slow_reader"));
  }
}
