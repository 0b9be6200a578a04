package dev.darkroom.ledger.jobs;

/**
 * A client's name for one submission, so that sending it again makes no second job.
 *
 * @param value 1 to {@value #MAX_LENGTH} printable ASCII characters, as the client chose them
 * @param fingerprint a digest of what is asked for: the same key with another one is a mistake
 */
public record IdempotencyKey(String value, String fingerprint) {
  public static final int MAX_LENGTH = 255;

  public IdempotencyKey {
    if (!isKey(value)) {
      throw new IllegalArgumentException("not a valid idempotency key");
    }
  }

  public static boolean isKey(String text) {
    return !text.isBlank()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
