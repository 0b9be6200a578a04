package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of what is being written, which several processes may share. Whoever writes a draft
 * holds a lock on it, which the operating system lets go of when the process ends, however it ends:
 * so drafts of the dead can be told from those of the slow.
 */
final class Drafts {
  /** A live draft is not locked for a moment when it is made and when it is put in its place. */
  private static final Duration SURELY_MADE = Duration.ofMinutes(1);

  /** Where a file system has no locks; longer than any call may take. */
  private static final Duration SURELY_OVER = Duration.ofHours(1);

  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  /**
   * Drafts of this JVM, by any store. It must never open one a second time: closing a file lets go
   * of all locks that the process has on it.
   */
  private static final Set<Path> WRITTEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final long maxBytes;
  private final InstantSource clock;
  private final RoomOnDisk room;
  private final AtomicReference<Instant> nextLook = new AtomicReference<>(Instant.MIN);
  private final AtomicInteger open = new AtomicInteger();
  private volatile @Nullable FileStore fileStore;

  /**
   * @param folder absolute; it is made by {@link #prove()}
   */
  Drafts(Path folder, long maxBytes, InstantSource clock) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.room = new RoomOnDisk(() -> fileStore().getUsableSpace(), clock);
  }

  /**
   * Makes the folder and writes a file to it.
   *
   * @throws IOException if it can't be written to
   */
  void prove() throws IOException {
    Files.createDirectories(folder);
    writeProof();
    removeAbandoned();
  }

  /**
   * Writes a file to the folder, which is made again if only it is missing. What lies around it is
   * not made: where a disk is not mounted, pictures would be kept in the wrong place.
   *
   * @throws IOException if it can't be written to
   */
  void proveAgain() throws IOException {
    Path around = folder.getParent();
    if (around != null && !Files.isDirectory(around)) {
      throw new NoSuchFileException(around.toString(), null, "the folder of pictures is missing");
    }
    Files.createDirectories(folder);
    writeProof();
  }

  private void writeProof() throws IOException {
    Path proof = folder.resolve("proof." + UUID.randomUUID());
    try {
      Files.writeString(proof, "this folder can be written to");
    } finally {
      Files.deleteIfExists(proof);
    }
  }

  FileDraft begin(RequestId id, FileDraft.Shelf shelf) throws IOException {
    Path file = folder.resolve(id + "." + UUID.randomUUID());
    WRITTEN_HERE.add(file);
    int written = open.incrementAndGet();
    try {
      requireRoom(written);
      removeAbandonedNowAndThen();
      return new FileDraft(id, file, openLocked(file), maxBytes, shelf, () -> ended(file));
    } catch (IOException | RuntimeException e) {
      ended(file);
      throw e;
    }
  }

  private void ended(Path file) {
    if (WRITTEN_HERE.remove(file)) {
      open.decrementAndGet();
    }
  }

  private static FileChannel openLocked(Path file) throws IOException {
    FileChannel content =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      content.tryLock();
    } catch (IOException e) {
      // a file system without locks: its drafts are abandoned when they are old
    }
    return content;
  }

  /** There is no place for so many pictures of the largest size. */
  static final class NoRoom extends IOException {
    NoRoom(int pictures, long maxBytes, @Nullable Path folder) {
      super(
          "there is no room left for %s of up to %d bytes in %s"
              .formatted(pictures == 1 ? "a picture" : pictures + " pictures", maxBytes, folder));
    }
  }

  /**
   * On a full disk an empty draft can still be made; only its bytes would find no place.
   *
   * @throws NoRoom if that is so
   * @throws IOException if it can't be found out
   */
  void requireRoom(int pictures) throws IOException {
    if (!room.isThereFor(Math.multiplyExact(pictures, maxBytes))) {
      throw new NoRoom(pictures, maxBytes, folder.getParent());
    }
  }

  /** Found once: the search reads the whole list of mounts. */
  private FileStore fileStore() throws IOException {
    FileStore found = fileStore;
    if (found == null) {
      found = Files.getFileStore(folder);
      fileStore = found;
    }
    return found;
  }

  private void removeAbandonedNowAndThen() throws IOException {
    Instant now = clock.instant();
    Instant due = nextLook.get();
    if (!now.isBefore(due) && nextLook.compareAndSet(due, now.plus(LOOK_EVERY))) {
      removeAbandoned();
    }
  }

  private void removeAbandoned() throws IOException {
    List<Path> drafts;
    try (Stream<Path> found = Files.list(folder)) {
      drafts = found.toList();
    }
    for (Path draft : drafts) {
      try {
        removeIfAbandoned(draft);
      } catch (NoSuchFileException e) {
        // kept or discarded by its owner in this moment
      }
    }
  }

  private void removeIfAbandoned(Path draft) throws IOException {
    Instant touched = Files.getLastModifiedTime(draft).toInstant();
    Instant now = clock.instant();
    if (touched.isAfter(now.minus(SURELY_MADE)) || WRITTEN_HERE.contains(draft)) {
      return;
    }
    try (FileChannel content = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      if (isUnlocked(content, touched.isBefore(now.minus(SURELY_OVER)))) {
        Files.deleteIfExists(draft);
      }
    }
  }

  private static boolean isUnlocked(FileChannel content, boolean withoutLocks) {
    try {
      return content.tryLock() != null;
    } catch (OverlappingFileLockException e) { // another store of this JVM is about to remove it
      return false;
    } catch (IOException e) {
      return withoutLocks;
    }
  }
}
