package dev.darkroom.gateway.http;

import dev.darkroom.ledger.readers.ReadBudget;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Limits requests that read much: how many at once, for how long, and to clients how slow. */
@Component
public final class HeavyReaders {
  private static final Duration FEWER_READERS = Duration.ofSeconds(2);

  private final ClientLimiter pages;
  private final ClientLimiter exports;
  private final ReaderSettings settings;
  private final RefusalLog refusals;

  HeavyReaders(ReaderSettings settings, RefusalLog refusals) {
    this.pages = new ClientLimiter(settings.pages(), settings.perClient(), settings.patience());
    this.exports = new ClientLimiter(settings.exports(), settings.perClient(), settings.patience());
    this.settings = settings;
    this.refusals = refusals;
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
    return switch (limiter.enter(request)) {
      case ClientLimiter.Entry.Admitted place -> {
        try (place) {
          yield ReadBudget.within(budget, ClientConnection.goneOf(request), reading::answer);
        }
      }
      case ClientLimiter.Entry.ClientHasTooMany _, ClientLimiter.Entry.TooMany _ -> {
        refusals.count("too_many_readers");
        yield tooMany().answer();
      }
    };
  }

  public static Problem tooMany() {
    return Problem.unavailable(
            "Too many searches and exports are running. Try again in a few seconds.", FEWER_READERS)
        .code(ProblemCode.TOO_MANY_READERS);
  }

  /** The reply's stream; it fails for a client that reads too slowly. */
  public OutputStream to(HttpServletResponse response) throws IOException {
    return new PacedOutput(
        response.getOutputStream(), System::nanoTime, () -> refusals.count("slow_reader"));
  }
}
