package dev.darkroom.picture.file;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Checks the free space of a disk: once a second while there is plenty, on each call when the disk
 * fills up.
 */
final class DiskSpaceCheck {
  private static final Duration REMEMBERED = Duration.ofSeconds(1);

  /** Space for this many pictures is plenty: far less can be written within a second. */
  private static final int PLENTY_FACTOR = 1000;

  private final Disk disk;
  private final InstantSource clock;
  private volatile Plenty plenty = new Plenty(0, Instant.MIN);

  /** At least this much space is assumed to be free until a moment. */
  private record Plenty(long bytes, Instant until) {}

  interface Disk {
    long usableBytes() throws IOException;
  }

  DiskSpaceCheck(Disk disk, InstantSource clock) {
    this.disk = disk;
    this.clock = clock;
  }

  boolean isFreeFor(long bytes) throws IOException {
    Instant now = clock.instant();
    Plenty known = plenty;
    if (bytes <= known.bytes() && now.isBefore(known.until())) {
      return true;
    }
    long usable = disk.usableBytes();
    plenty = new Plenty(usable / PLENTY_FACTOR, now.plus(REMEMBERED));
    return usable >= bytes;
  }
}
