package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The directory of uploads in progress, which several processes may share. A file that nobody has
 * written to for longer than any call may take was left by a killed process and is deleted; one
 * that this process has open never is, whatever the clock says.
 */
public final class UploadDirectory {
  /** The longest {@code darkroom.nebius.timeout} plus ten minutes. */
  static final Duration ABANDONED_AFTER = Duration.ofMinutes(70);

  private static final Duration CLEANUP_EVERY = Duration.ofMinutes(1);

  private final Path directory;
  private final long maxBytes;
  private final InstantSource clock;
  private final AtomicReference<Instant> nextCleanup = new AtomicReference<>(Instant.MIN);
  private final Set<Path> open = ConcurrentHashMap.newKeySet();

  /** Where whole pictures go. */
  public interface UploadTarget {
    /**
     * Stores the picture unless the request has one already.
     *
     * @param content of the file, open for reading; may be closed
     * @return the picture that is stored now
     */
    StoredPicture putIfAbsent(Path file, FileChannel content, StoredPicture picture)
        throws IOException;
  }

  private UploadDirectory(Path directory, long maxBytes, InstantSource clock) {
    this.directory = directory;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /**
   * Creates the directory if it is missing, and deletes abandoned uploads.
   *
   * @param directory an absolute path
   * @throws IOException if the directory is not writable
   */
  public static UploadDirectory open(Path directory, long maxBytes, InstantSource clock)
      throws IOException {
    var uploads = new UploadDirectory(directory, maxBytes, clock);
    Files.createDirectories(directory);
    uploads.writeProbe();
    uploads.deleteAbandoned();
    return uploads;
  }

  /**
   * Writes a file and deletes it. Creates the directory if only it is missing, but not its parent:
   * if a disk is not mounted, pictures would be stored in the wrong place.
   *
   * @throws IOException if the directory is not writable
   */
  public void requireWritable() throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new NoSuchFileException(parent.toString(), null, "the picture folder is missing");
    }
    Files.createDirectories(directory);
    writeProbe();
  }

  /** A file store reads the list of all mounts first, which is too much for each picture. */
  private long free() throws IOException {
    long free = directory.toFile().getUsableSpace();
    return free > 0 ? free : Files.getFileStore(directory).getUsableSpace();
  }

  private void writeProbe() throws IOException {
    Path probe = directory.resolve("probe." + UUID.randomUUID());
    try {
      Files.writeString(probe, "this folder is writable");
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  public PictureUpload begin(RequestId id, UploadTarget target) throws IOException {
    Path file = directory.resolve(id + "." + UUID.randomUUID());
    open.add(file);
    try {
      requireSpace(open.size());
      cleanUpIfDue();
      FileChannel content =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return new FileUpload(id, file, content, maxBytes, target, () -> open.remove(file));
    } catch (IOException | RuntimeException e) {
      open.remove(file);
      throw e;
    }
  }

  /**
   * Checks that the disk has space for this many pictures of the largest size. On a full disk an
   * empty file can still be created; only writing to it fails.
   *
   * @throws IOException if not, or if the free space is unknown
   */
  public void requireSpace(int pictures) throws IOException {
    if (free() < Math.multiplyExact(pictures, maxBytes)) {
      throw new IOException(
          "no space left for %s of up to %d bytes in %s"
              .formatted(
                  pictures == 1 ? "a picture" : pictures + " pictures",
                  maxBytes,
                  directory.getParent()));
    }
  }

  private void cleanUpIfDue() throws IOException {
    Instant now = clock.instant();
    Instant due = nextCleanup.get();
    if (!now.isBefore(due) && nextCleanup.compareAndSet(due, now.plus(CLEANUP_EVERY))) {
      deleteAbandoned();
    }
  }

  private void deleteAbandoned() throws IOException {
    Instant limit = clock.instant().minus(ABANDONED_AFTER);
    List<Path> files;
    try (Stream<Path> found = Files.list(directory)) {
      files = found.toList();
    }
    for (Path file : files) {
      try {
        if (!open.contains(file) && Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      } catch (NoSuchFileException e) {
        // its owner has just finished
      }
    }
  }
}
