package dev.darkroom.picture;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whether a picture still fits on the disk. A disk with room for many is asked once a second, not
 * for each picture; one that fills up is asked each time.
 */
final class RoomOnDisk {
  private static final Duration REMEMBERED = Duration.ofSeconds(1);

  /** What may be written within that second is far less. */
  private static final int MANY = 1000;

  private final Disk disk;
  private final InstantSource clock;
  private volatile Plenty plenty = new Plenty(0, Instant.MIN);

  /** There is far more room than this, which is believed for a while. */
  private record Plenty(long bytes, Instant until) {}

  /** Says how many bytes are free. */
  interface Disk {
    long usableBytes() throws IOException;
  }

  RoomOnDisk(Disk disk, InstantSource clock) {
    this.disk = disk;
    this.clock = clock;
  }

  boolean isThereFor(long bytes) throws IOException {
    Instant now = clock.instant();
    Plenty known = plenty;
    if (bytes <= known.bytes() && now.isBefore(known.until())) {
      return true;
    }
    long usable = disk.usableBytes();
    plenty = new Plenty(usable / MANY, now.plus(REMEMBERED));
    return usable >= bytes;
  }
}
