package dev.darkroom.gateway.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do. */
public enum Scope {
  /** Submit, cancel and replay jobs of one's own. */
  GENERATE,
  /** See jobs, pictures, steps and deliveries of one's own. */
  READ,
  /** See everybody's jobs; pause, and change many at once; make and revoke keys. */
  OPERATE;

  /** As in keys, tokens and replies. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Empty for another word. */
  public static Optional<Scope> of(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
  }
}
