package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The layout of the folder: {@code 2026-11-22/14/<request id>} for pictures, by the hour (UTC) in
 * which their ids were made. A picture's name has no extension, for a request has one picture,
 * whatever its format; {@link InspectPicture} tells it from the bytes.
 *
 * <p>Pictures that follow each other share a folder, so only the first of an hour has to see a new
 * folder's name through to the disk, and whoever tidies up finds the oldest without looking into
 * the rest.
 */
final class PictureFolder {
  private final Path root;

  /** Folders whose own names are known to survive a power failure. */
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  PictureFolder(Path root) {
    this.root = root;
  }

  Path place(RequestId id) {
    return inner(id).resolve(id.toString());
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

  /**
   * Sees whether pictures of requests of this moment could be put here: a folder of another owner,
   * or one that can only be read, is noticed before anybody pays.
   *
   * @throws FileSystemException that says why not
   */
  void requireWritable(Instant moment) throws FileSystemException {
    Path hour = Hour.at(moment).path();
    Path folder =
        Stream.of(hour, hour.getName(0))
            .map(root::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElse(root);
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    } else if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
  }

  /**
   * Takes away what lies in a picture's place, into {@code .damaged}, for people to look at.
   *
   * @return where it lies now
   */
  Path moveAside(RequestId id) throws IOException {
    Path aside = root.resolve(".damaged").resolve(id + "." + UUID.randomUUID());
    Files.createDirectories(root.resolve(".damaged"));
    try {
      Files.move(place(id), aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // another process was here
    }
    return aside;
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

  /**
   * Hands out the ids of pictures that were saved before a moment, hour by hour, and removes the
   * folders that are empty then.
   *
   * @param take whether to go on
   */
  void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    var out = new InBatches(batch, take);
    for (Path day : folders(root, Hour.OUTER)) {
      for (Path hour : folders(day, Hour.INNER)) {
        if (Hour.mayHoldOlderThan(root.relativize(hour), moment)) {
          if (!eachIn(hour, moment, out)) {
            return;
          }
          removeIfEmpty(hour);
        }
      }
      removeIfEmpty(day);
    }
  }

  private static boolean eachIn(Path hour, Instant moment, InBatches out) throws IOException {
    try (DirectoryStream<Path> pictures = Files.newDirectoryStream(hour)) {
      for (Path picture : pictures) {
        Optional<RequestId> id = RequestId.parse(String.valueOf(picture.getFileName()));
        if (id.isPresent() && wasSavedBefore(picture, moment) && !out.add(id.get())) {
          return false;
        }
      }
    } catch (NoSuchFileException e) { // another gateway found it empty, and removed it
      return true;
    }
    return out.end();
  }

  private static boolean wasSavedBefore(Path picture, Instant moment) throws IOException {
    try {
      return Files.getLastModifiedTime(picture).toInstant().isBefore(moment);
    } catch (NoSuchFileException e) { // another gateway was here
      return false;
    }
  }

  /** By name, which is by time. Others, such as a disk's lost+found, are none of ours. */
  private static List<Path> folders(Path around, Pattern ours) throws IOException {
    try (Stream<Path> inside = Files.list(around)) {
      return inside
          .filter(folder -> ours.matcher(folder.getFileName().toString()).matches())
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // some of its pictures stay
    }
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
