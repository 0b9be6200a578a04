package dev.darkroom.picture.file;

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
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The layout of the picture directory: {@code 2026-11-22/14/<request id>}, by the hour (UTC) in
 * which the id was created. File names have no extension: a request has one picture, whatever its
 * format.
 *
 * <p>Hourly directories keep fsyncs of directories rare, and the cleanup finds the oldest pictures
 * without listing the rest.
 */
final class PictureDirectory {
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE;
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH");

  /** Names of the outer directories. */
  private static final Pattern DAYS = Pattern.compile("other|\\+?\\d{4,}-\\d\\d-\\d\\d");

  /** Names of the inner directories. */
  private static final Pattern HOURS = Pattern.compile("[0-9a-f]{2}");

  /** For ids without a time; the gateway creates none. */
  private static final Path TIMELESS = Path.of("other");

  private final Path root;

  /** Directories whose entries in their parents were fsynced. */
  private final Set<Path> durable = ConcurrentHashMap.newKeySet();

  PictureDirectory(Path root) {
    this.root = root;
  }

  Path place(RequestId id) {
    return inner(id).resolve(id.toString());
  }

  /**
   * Moves an upload to its place unless a file is there already. Either survives a power failure.
   *
   * @return whether the upload was moved
   */
  boolean putIfAbsent(Path upload, RequestId id) throws IOException {
    boolean put = putIfAbsent(upload, place(id), inner(id));
    fsync(inner(id));
    return put;
  }

  /**
   * Checks that pictures of this moment's requests can be stored, before anyone pays for one.
   *
   * @throws FileSystemException if not
   */
  void requireWritable(Instant moment) throws FileSystemException {
    Path hour = hourly(moment);
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

  /** Moves a damaged file to {@code .damaged} and returns its new path. */
  Path moveAside(RequestId id) throws IOException {
    Path aside = root.resolve(".damaged").resolve(id + "." + UUID.randomUUID());
    Files.createDirectories(root.resolve(".damaged"));
    try {
      Files.move(place(id), aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // another process has moved it
    }
    return aside;
  }

  private boolean putIfAbsent(Path upload, Path place, Path folder) throws IOException {
    createDurably(folder);
    try {
      return linkIfAbsent(upload, place);
    } catch (NoSuchFileException e) { // a cleanup deleted the directory
      durable.clear();
      createDurably(folder);
      return linkIfAbsent(upload, place);
    }
  }

  /** Fsyncs the parent of a new directory once, not for each picture. */
  private void createDurably(Path folder) throws IOException {
    Path around = folder.getParent();
    if (folder.equals(root) || around == null || durable.contains(folder)) {
      return;
    }
    createDurably(around);
    Files.createDirectories(folder);
    fsync(around);
    durable.add(folder);
  }

  /** A hard link is the only atomic operation that never replaces a file. */
  private static boolean linkIfAbsent(Path upload, Path place) throws IOException {
    try {
      Files.createLink(place, upload);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      return moveIfAbsent(upload, place);
    }
  }

  /** For file systems without hard links. Of two simultaneous processes the second one wins. */
  static synchronized boolean moveIfAbsent(Path upload, Path place) throws IOException {
    if (Files.exists(place)) {
      return false;
    }
    Files.move(upload, place, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  /** See {@link FilePictureStore#eachSavedBefore}; also deletes empty directories. */
  void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    var batcher = new Batcher(batch, take);
    for (Path day : folders(root, DAYS)) {
      for (Path hour : folders(day, HOURS)) {
        if (mayHoldOlderThan(root.relativize(hour), moment)) {
          if (!eachIn(hour, moment, batcher)) {
            return;
          }
          removeIfEmpty(hour);
        }
      }
      removeIfEmpty(day);
    }
  }

  private static boolean eachIn(Path hour, Instant moment, Batcher batcher) throws IOException {
    try (DirectoryStream<Path> pictures = Files.newDirectoryStream(hour)) {
      for (Path picture : pictures) {
        Optional<RequestId> id = RequestId.parse(String.valueOf(picture.getFileName()));
        if (id.isPresent() && wasSavedBefore(picture, moment) && !batcher.add(id.get())) {
          return false;
        }
      }
    } catch (NoSuchFileException e) { // another gateway deleted the empty directory
      return true;
    }
    return batcher.flush();
  }

  private static boolean wasSavedBefore(Path picture, Instant moment) throws IOException {
    try {
      return Files.getLastModifiedTime(picture).toInstant().isBefore(moment);
    } catch (NoSuchFileException e) { // another gateway deleted it
      return false;
    }
  }

  /** Sorted by name, that is by time. Ignores others, such as a disk's lost+found. */
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
      // it still has pictures
    }
  }

  private Path inner(RequestId id) {
    return root.resolve(id.createdAt().map(PictureDirectory::hourly).orElseGet(() -> timeless(id)));
  }

  private static Path timeless(RequestId id) {
    String text = id.toString();
    return TIMELESS.resolve(text.substring(text.length() - 2));
  }

  private static Path hourly(Instant moment) {
    OffsetDateTime time = moment.atOffset(ZoneOffset.UTC);
    return Path.of(DAY.format(time), HOUR.format(time));
  }

  /** Whether a directory may contain pictures of ids that were created before a moment. */
  private static boolean mayHoldOlderThan(Path directory, Instant moment) {
    return directory.startsWith(TIMELESS) || directory.compareTo(hourly(moment)) <= 0;
  }

  private static void fsync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
