package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.CommitResult.NotAPicture;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.CommitResult.Unusable;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.inspect.ImageInspector;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ConcurrentLruCache;

/**
 * Pictures in a folder that all workers and gateways share. A picture is fsynced before it appears
 * under its name.
 */
public final class FilePictureStore implements PictureStore {
  private static final Logger log = LoggerFactory.getLogger(FilePictureStore.class);

  private final PictureDirectory directory;
  private final UploadDirectory uploads;
  private final StorageProbe probe;
  private final InstantSource clock;

  /** So that a file is hashed once, and again if it was replaced or changed. */
  private final ConcurrentLruCache<FileVersion, StoredPicture> descriptions =
      new ConcurrentLruCache<>(10_000, FilePictureStore::describe);

  /** The largest number of pictures that a caller wanted space for. */
  private volatile int reserve = 1;

  /**
   * @param root an absolute path
   * @param nanoTime as {@link System#nanoTime()} counts
   */
  public FilePictureStore(
      Path root, UploadDirectory uploads, InstantSource clock, LongSupplier nanoTime) {
    this.directory = new PictureDirectory(root);
    this.uploads = uploads;
    this.probe = StorageProbe.onEachRequest(nanoTime);
    this.clock = clock;
  }

  @Override
  public PictureUpload upload(RequestId id) throws IOException {
    try {
      return uploads.begin(id, this::putIfAbsent);
    } catch (IOException e) {
      probe.failed(e);
      throw e;
    }
  }

  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> recorded)
      throws IOException {
    if (isAbsent(directory.place(id))) {
      return Optional.empty();
    }
    try {
      return Optional.of(describe(id));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileNotFoundException e) { // also says that a file can't be opened
      if (Files.notExists(directory.place(id))) {
        return Optional.empty();
      }
      throw e;
    } catch (DamagedPicture e) {
      moveAside(id, e);
      return Optional.empty();
    }
  }

  /** Nearly always so, and then an exception would cost more than the question. */
  private static boolean isAbsent(Path place) throws IOException {
    return place.getFileSystem().provider().readAttributesIfExists(place, BasicFileAttributes.class)
        == null;
  }

  /** Otherwise the job could not store another picture. */
  private void moveAside(RequestId id, DamagedPicture damage) throws IOException {
    var aside = directory.moveAside(id);
    log.atError()
        .addKeyValue("request_id", id)
        .addKeyValue("reason", damage.getMessage())
        .addKeyValue("moved_to", aside)
        .log("picture is damaged; moved it aside, and its job continues without a picture");
  }

  @Override
  public Optional<InputStream> open(StoredPicture picture, ByteRange range) throws IOException {
    FileChannel content;
    try {
      content = FileChannel.open(directory.place(picture.id()), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.of(new FileRangeStream(content, range));
  }

  @Override
  public void settle(RequestId id, String sha256) {
    // there is never more than one picture
  }

  @Override
  public boolean delete(RequestId id) throws IOException {
    return Files.deleteIfExists(directory.place(id));
  }

  @Override
  public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    directory.eachSavedBefore(moment, batch, take);
  }

  @Override
  public Optional<String> trouble(int pictures) {
    reserve = Math.max(reserve, pictures);
    return probe.trouble(this::requireWritable);
  }

  private void requireWritable() throws IOException {
    uploads.requireWritable();
    uploads.requireSpace(reserve);
    directory.requireWritable(clock.instant());
  }

  private StoredPicture putIfAbsent(Path upload, FileChannel content, StoredPicture finished)
      throws IOException {
    try {
      content.force(true);
      content.close(); // the file becomes the picture; nobody may write to it now
      return put(upload, finished);
    } catch (IOException e) {
      probe.failed(e);
      throw e;
    }
  }

  private StoredPicture put(Path upload, StoredPicture finished) throws IOException {
    if (directory.putIfAbsent(upload, finished.id())) {
      return finished;
    }
    var before = find(finished.id());
    if (before.isEmpty() && directory.putIfAbsent(upload, finished.id())) {
      return finished; // the file in its place was damaged
    }
    return before.isPresent() ? before.get() : describe(finished.id());
  }

  private StoredPicture describe(RequestId id) throws IOException {
    Path place = directory.place(id);
    var file = Files.readAttributes(place, BasicFileAttributes.class);
    try {
      return descriptions.get(
          new FileVersion(id, place, file.size(), file.lastModifiedTime(), file.fileKey()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private record FileVersion(
      RequestId id, Path place, long bytes, FileTime modified, @Nullable Object key) {}

  private static StoredPicture describe(FileVersion file) {
    try {
      return read(file.id(), file.place());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads and hashes all bytes, which also proves that they are readable. */
  private static StoredPicture read(RequestId id, Path place) throws IOException {
    var hash = new UploadStream(OutputStream.nullOutputStream(), "nowhere", Long.MAX_VALUE);
    Files.copy(place, hash);
    return switch (ImageInspector.inspect(place, id, hash.sha256())) {
      case Stored(var picture) -> picture;
      case NotAPicture(String reason) ->
          throw new DamagedPicture("%s is damaged: it %s".formatted(place, reason));
      case Unusable(String reason) ->
          throw new DamagedPicture("%s is not a stored picture: it %s".formatted(place, reason));
    };
  }

  /** The file in a picture's place is not a picture. */
  private static final class DamagedPicture extends IOException {
    DamagedPicture(String message) {
      super(message);
    }
  }
}
