package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The layout of the folder: {@code 2026-11-22/14/<request id>} for pictures, by the hour (UTC) in
 * which their ids were made, and {@code .drafts} for what is being written. A picture's name has no
 * extension, for a request has one picture, whatever its format; {@link InspectPicture} tells it
 * from the bytes.
 *
 * <p>Pictures that follow each other share a folder, so only the first of an hour has to see a new
 * folder's name through to the disk, and whoever tidies up finds the oldest without looking into
 * the rest.
 */
final class PictureFolder {
  private final Path root;

  /** Folders whose own names are known to survive a power failure. */
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  private final RoomOnDisk room;
  private volatile @Nullable FileStore fileStore;

  PictureFolder(Path root, InstantSource clock) {
    this.root = root;
    this.room = new RoomOnDisk(() -> fileStore().getUsableSpace(), clock);
  }

  Path place(RequestId id) {
    return inner(id).resolve(id.toString());
  }

  Path drafts() {
    return root.resolve(".drafts");
  }

  /** On a full disk an empty draft can still be made; only its bytes would find no place. */
  void requireRoomFor(long bytes) throws IOException {
    if (!room.isThereFor(bytes)) {
      throw new IOException("there is no room left for a picture in " + root);
    }
  }

  /** Found once: the search reads the whole list of mounts. */
  private FileStore fileStore() throws IOException {
    FileStore found = fileStore;
    if (found == null) {
      found = Files.getFileStore(root);
      fileStore = found;
    }
    return found;
  }

  Path newDraft(RequestId id) {
    return drafts().resolve(id + "." + UUID.randomUUID());
  }

  /**
   * Makes the folder and writes a file to it.
   *
   * @throws IOException if it can't be written to
   */
  void prove() throws IOException {
    Files.createDirectories(drafts());
    Path proof = drafts().resolve("proof." + UUID.randomUUID());
    Files.writeString(proof, "this folder can be written to");
    Files.delete(proof);
  }

  /** Drafts of processes that were killed; a live one is written to all the time. */
  void removeDraftsUntouchedSince(Instant limit) throws IOException {
    List<Path> drafts;
    try (Stream<Path> found = Files.list(drafts())) {
      drafts = found.toList();
    }
    for (Path draft : drafts) {
      try {
        if (Files.getLastModifiedTime(draft).toInstant().isBefore(limit)) {
          Files.deleteIfExists(draft);
        }
      } catch (NoSuchFileException e) {
        // kept or discarded by its owner in this moment
      }
    }
  }

  /**
   * Puts a finished draft in its place unless something is there already. Whichever is there then
   * is still there after a power failure.
   *
   * @return whether it is the draft
   */
  boolean putIfAbsent(Path draft, RequestId id) throws IOException {
    boolean put = putIfAbsent(draft, place(id), inner(id));
    fsync(inner(id));
    return put;
  }

  private boolean putIfAbsent(Path draft, Path place, Path folder) throws IOException {
    makeDurably(folder);
    try {
      return linkIfAbsent(draft, place);
    } catch (NoSuchFileException e) { // somebody has tidied up
      durable.clear();
      makeDurably(folder);
      return linkIfAbsent(draft, place);
    }
  }

  /** A folder's name is in the one around it, which is fsynced once, not for each picture. */
  private void makeDurably(Path folder) throws IOException {
    Path around = folder.getParent();
    if (folder.equals(root) || around == null || durable.contains(folder)) {
      return;
    }
    makeDurably(around);
    Files.createDirectories(folder);
    fsync(around);
    durable.add(folder);
  }

  /** A hard link is the one atomic step that never replaces. */
  private static boolean linkIfAbsent(Path draft, Path place) throws IOException {
    try {
      Files.createLink(place, draft);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      return moveIfAbsent(draft, place);
    }
  }

  /**
   * For file systems without hard links. Two processes that finish in the same instant may replace
   * one whole picture by the other.
   */
  static synchronized boolean moveIfAbsent(Path draft, Path place) throws IOException {
    if (Files.exists(place)) {
      return false;
    }
    Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private Path inner(RequestId id) {
    return root.resolve(Hour.of(id).path());
  }

  private static void fsync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
