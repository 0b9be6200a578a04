package dev.darkroom.ledger.keep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The removal of a user or an owner everywhere, and how far it has come.
 *
 * @param owner null for a user of any owner
 * @param userId null for all users of the owner. Once it has completed, both are the names that
 *     stand in the rows now
 * @param cancelled open jobs that were ended first, or asked to end
 * @param jobs whose content is gone
 * @param steps whose content is gone
 * @param pictures that were deleted
 * @param deliveries of webhooks that were deleted
 * @param keys for idempotency that were deleted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Erasure(
    UUID id,
    @Nullable String owner,
    @Nullable String userId,
    String reason,
    ErasureStatus status,
    long cancelled,
    long jobs,
    long steps,
    long pictures,
    long deliveries,
    long keys,
    Instant createdAt,
    @Nullable Instant finishedAt) {

  /** Where it stands. */
  public enum ErasureStatus {
    RUNNING,
    COMPLETED;

    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Whose rows are meant: those that match all of what is given.
   *
   * @param owner null for any
   * @param userId null for any
   */
  public record ErasedParty(@Nullable String owner, @Nullable String userId) {
    public ErasedParty {
      if (owner == null && userId == null) {
        throw new IllegalArgumentException("an erasure of everybody");
      }
    }
  }

  public ErasedParty party() {
    return new ErasedParty(owner, userId);
  }
}
