package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** The hour in which a request's id was made, and the folder of its pictures. */
record Hour(Path path) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH");

  /** Ids of another kind than the gateway makes have no time. */
  private static final Path TIMELESS = Path.of("other");

  static Hour of(RequestId id) {
    UUID value = id.value();
    if (value.version() != 7) {
      String text = id.toString();
      return new Hour(TIMELESS.resolve(text.substring(text.length() - 2)));
    }
    // A UUIDv7 begins with 48 bits of milliseconds (RFC 9562, section 5.7).
    var made = Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16).atOffset(ZoneOffset.UTC);
    return new Hour(Path.of(DAY.format(made), HOUR.format(made)));
  }
}
