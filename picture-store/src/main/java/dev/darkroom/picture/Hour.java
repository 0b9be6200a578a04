package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The hour in which a request's id was made, and the folder of its pictures. */
record Hour(Path path) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH");

  /** What the outer of its two folders is called. */
  static final Pattern OUTER = Pattern.compile("other|\\+?\\d{4,}-\\d\\d-\\d\\d");

  /** What the inner one is called. */
  static final Pattern INNER = Pattern.compile("[0-9a-f]{2}");

  /** Ids of another kind than the gateway makes have no time. */
  private static final Path TIMELESS = Path.of("other");

  static Hour of(RequestId id) {
    return made(id)
        .map(Hour::at)
        .orElseGet(() -> {
          String text = id.toString();
          return new Hour(TIMELESS.resolve(text.substring(text.length() - 2)));
        });
  }

  static Hour at(Instant moment) {
    OffsetDateTime time = moment.atOffset(ZoneOffset.UTC);
    return new Hour(Path.of(DAY.format(time), HOUR.format(time)));
  }

  /** A UUIDv7 begins with 48 bits of milliseconds (RFC 9562, section 5.7). */
  static Optional<Instant> made(RequestId id) {
    UUID value = id.value();
    return value.version() == 7
        ? Optional.of(Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  /** Whether a folder may hold pictures of ids that were made before a moment. */
  static boolean mayHoldOlderThan(Path folder, Instant moment) {
    return folder.startsWith(TIMELESS) || folder.compareTo(at(moment).path()) <= 0;
  }
}
