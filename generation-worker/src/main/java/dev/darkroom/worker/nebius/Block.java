package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What keeps this worker from calling, as the metric names it. */
enum Block {
  OUTAGE,
  KEY,
  BALANCE,
  ACCESS,
  MODEL,
  RATE_LIMITED;

  static Block of(@Nullable Refusal refusal) {
    return switch (refusal) {
      case null -> OUTAGE;
      case KEY -> KEY;
      case BALANCE -> BALANCE;
      case ACCESS -> ACCESS;
      case MODEL -> MODEL;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
