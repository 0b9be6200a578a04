package dev.darkroom.system.evidence;

import dev.darkroom.model.JobStatus;
import dev.darkroom.model.Step;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code generation_logs}.
 *
 * @param seq the order in which rows were written
 */
public record StepRow(
    UUID requestId,
    long seq,
    Step step,
    JobStatus status,
    Instant at,
    Map<String, Object> details,
    @Nullable String imageUrl) {
  public StepRow {
    details = Map.copyOf(details);
  }

  /** The attempt it speaks of; 0 where it speaks of none. */
  public int attempt() {
    return details.get("attempt") instanceof Number number ? number.intValue() : 0;
  }

  /** Who held the job; empty where nobody did. */
  public String worker() {
    return details.get("worker") instanceof String worker ? worker : "";
  }

  public String code() {
    return details.get("code") instanceof String code ? code : "";
  }

  public String reason() {
    return details.get("reason") instanceof String reason ? reason : "";
  }

  /** Says how an attempt ended that gave no picture, or may have given one. */
  public boolean isSetback() {
    return step == Step.ATTEMPT_FAILED || step == Step.ATTEMPT_OUTCOME_UNKNOWN;
  }

  public boolean isEnd() {
    return step.status().isTerminal();
  }
}
