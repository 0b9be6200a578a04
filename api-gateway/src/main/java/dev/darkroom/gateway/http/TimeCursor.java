package dev.darkroom.gateway.http;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/** Time and number of a row, where a page ends; opaque to clients. */
public record TimeCursor(Instant at, long seq) {
  private static final int BYTES = 2 * Long.BYTES;

  /** No row is of another year than 1 to 9999, and the database doesn't know all others. */
  private static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));

  private static final long LAST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  /** As clients send it back. */
  public String text() {
    var bytes = ByteBuffer.allocate(BYTES).putLong(micros(at)).putLong(seq).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Empty where the text is no cursor. */
  public static Optional<TimeCursor> parse(String text) {
    try {
      var bytes = Base64.getUrlDecoder().decode(text);
      return bytes.length == BYTES
          ? read(ByteBuffer.wrap(bytes)).filter(cursor -> cursor.text().equals(text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<TimeCursor> read(ByteBuffer bytes) {
    var micros = bytes.getLong();
    return micros >= FIRST && micros <= LAST
        ? Optional.of(
            new TimeCursor(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), bytes.getLong()))
        : Optional.empty();
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
