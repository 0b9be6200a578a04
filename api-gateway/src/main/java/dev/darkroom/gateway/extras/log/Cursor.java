package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogPosition;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/** Timestamp and sequence number of a row, opaque to clients. */
final class Cursor {
  private static final int BYTES = 2 * Long.BYTES;

  /** No row is of another year than 1 to 9999, and the database doesn't know all others. */
  private static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));

  private static final long LAST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  private Cursor() {}

  static String of(LogPosition position) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(micros(position.createdAt().toInstant()))
            .putLong(position.seq())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Empty where the text is no cursor. */
  static Optional<LogPosition> parse(String cursor) {
    try {
      var bytes = Base64.getUrlDecoder().decode(cursor);
      return bytes.length == BYTES
          ? position(ByteBuffer.wrap(bytes)).filter(position -> of(position).equals(cursor))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<LogPosition> position(ByteBuffer bytes) {
    var micros = bytes.getLong();
    return micros >= FIRST && micros <= LAST
        ? Optional.of(
            LogPosition.of(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), bytes.getLong()))
        : Optional.empty();
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
