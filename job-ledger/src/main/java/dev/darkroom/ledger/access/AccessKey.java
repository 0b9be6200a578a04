package dev.darkroom.ledger.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows of an API key.
 *
 * @param owner whose jobs it submits and sees
 * @param scopes the words for what it allows
 * @param expiresAt {@code null} for never
 * @param lastUsedAt to the minute; {@code null} for never
 */
public record AccessKey(
    String id,
    String owner,
    Set<String> scopes,
    KeyLimits limits,
    Instant createdAt,
    String createdBy,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt,
    @Nullable String revokedBy,
    @Nullable Instant lastUsedAt) {
  public AccessKey {
    scopes = Set.copyOf(scopes);
  }

  public boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  public boolean isRevoked() {
    return revokedAt != null;
  }

  /** A key to be made. */
  public record NewAccessKey(
      String owner, Set<String> scopes, KeyLimits limits, @Nullable Instant expiresAt) {
    public static final int LONGEST_OWNER = 128;

    public NewAccessKey {
      scopes = Set.copyOf(scopes);
    }
  }

  /**
   * A key that was just made.
   *
   * @param text with the secret, which nobody can find out afterwards
   */
  public record CreatedAccessKey(AccessKeyText text, AccessKey key) {}

  /** With the hash of its secret. */
  public record HashedAccessKey(AccessKey key, String secretHash) {
    /** Whether somebody has the whole key. */
    public boolean isOf(AccessKeyText text) {
      return key.id().equals(text.id()) && text.hasHash(secretHash);
    }
  }
}
