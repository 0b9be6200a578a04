package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogPlace;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/** A place in the log as clients carry it: time and number of a row, in words that say nothing. */
final class Cursor {
  private static final int BYTES = 2 * Long.BYTES;

  /** Of the years 1 to 9999: the database has others, but no row does. */
  private static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));

  private static final long LAST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  private Cursor() {}

  static String of(LogPlace place) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putLong(micros(place.createdAt().toInstant()))
            .putLong(place.seq())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The place, or nothing if no cursor reads like that. */
  static Optional<LogPlace> read(String cursor) {
    try {
      var bytes = Base64.getUrlDecoder().decode(cursor);
      return bytes.length == BYTES
          ? place(ByteBuffer.wrap(bytes)).filter(place -> of(place).equals(cursor))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<LogPlace> place(ByteBuffer bytes) {
    var micros = bytes.getLong();
    var at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    return micros >= FIRST && micros <= LAST
        ? Optional.of(new LogPlace(at, bytes.getLong()))
        : Optional.empty();
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
