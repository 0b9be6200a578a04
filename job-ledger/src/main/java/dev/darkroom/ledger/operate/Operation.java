package dev.darkroom.ledger.operate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.access.Visibility;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change of many jobs, and how far it has come.
 *
 * @param sees what whoever began it sees; no other job is changed
 * @param reason of whoever began it
 * @param matched jobs that matched when it began
 * @param changed of those: replayed, or cancelled or asked to be
 * @param unchanged they had ended, were open or gone, or are not allowed any more
 * @param nextBefore jobs are taken from the newest to the oldest; all from this one on have been
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Operation(
    UUID id,
    OperationAction action,
    JobFilter filter,
    @JsonIgnore Visibility sees,
    @Nullable String reason,
    OperationStatus status,
    long matched,
    long changed,
    long unchanged,
    @JsonIgnore @Nullable UUID nextBefore,
    Instant createdAt,
    @Nullable Instant finishedAt) {

  /** What is done to each job. */
  public enum OperationAction {
    REPLAY,
    CANCEL;

    /** Only ended jobs are replayed, only open ones cancelled. */
    public boolean isOfEnded() {
      return this == REPLAY;
    }

    public static OperationAction of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where it stands. */
  public enum OperationStatus {
    RUNNING,
    COMPLETED,
    CANCELLED;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
