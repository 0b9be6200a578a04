package dev.darkroom.gateway.access;

import java.util.Locale;

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
}
