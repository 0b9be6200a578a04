package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** The directory of the pictures whose request ids were created in the same hour (UTC). */
record HourlyPath(Path path) {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH");

  /** Names of the outer directories. */
  static final Pattern DAYS = Pattern.compile("other|\\+?\\d{4,}-\\d\\d-\\d\\d");

  /** Names of the inner directories. */
  static final Pattern HOURS = Pattern.compile("[0-9a-f]{2}");

  /** For ids without a time; the gateway creates none. */
  private static final Path TIMELESS = Path.of("other");

  static HourlyPath of(RequestId id) {
    return id.createdAt()
        .map(HourlyPath::at)
        .orElseGet(() -> {
          String text = id.toString();
          return new HourlyPath(TIMELESS.resolve(text.substring(text.length() - 2)));
        });
  }

  static HourlyPath at(Instant moment) {
    OffsetDateTime time = moment.atOffset(ZoneOffset.UTC);
    return new HourlyPath(Path.of(DAY.format(time), HOUR.format(time)));
  }

  /** Whether a directory may contain pictures of ids that were created before a moment. */
  static boolean mayHoldOlderThan(Path directory, Instant moment) {
    return directory.startsWith(TIMELESS) || directory.compareTo(at(moment).path()) <= 0;
  }
}
