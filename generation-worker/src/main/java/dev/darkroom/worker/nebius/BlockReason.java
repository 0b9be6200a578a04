package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Why calls fail, or did when they last failed.
 *
 * @param refusal of ours by Nebius; null stands for an outage
 * @param reason of the call that failed, in words
 */
record BlockReason(@Nullable Refusal refusal, String reason) {
  String inWords(String state) {
    return "nebius: " + (refusal == null ? "" : refusal.inWords() + "; ") + state + said();
  }

  String inWords() {
    return refusal == null ? reason : refusal.inWords() + said();
  }

  private String said() {
    return reason.isEmpty() ? "" : ": " + reason;
  }
}
