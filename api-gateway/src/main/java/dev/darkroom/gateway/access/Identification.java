package dev.darkroom.gateway.access;

import dev.darkroom.gateway.http.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came of looking at a key or a token. */
public sealed interface Identification {
  /**
   * It is good.
   *
   * @param until it is good; {@code null} for ever
   */
  record Known(Caller caller, @Nullable Instant until) implements Identification {}

  /**
   * It is good for nothing.
   *
   * @param reason a sentence for whoever sent it
   */
  record Unrecognized(String reason) implements Identification {}

  /** Nobody can tell at the moment. */
  record Undecided(Problem problem) implements Identification {}
}
