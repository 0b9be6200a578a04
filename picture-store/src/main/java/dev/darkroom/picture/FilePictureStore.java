package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures in a folder that all workers and gateways see. A picture is fsynced before it appears
 * under its name, and appears whole.
 */
final class FilePictureStore implements PictureStore {
  private static final Logger log = LoggerFactory.getLogger(FilePictureStore.class);

  private final PictureFolder folder;
  private final Drafts drafts;
  private final ProveStorage proof;
  private final InstantSource clock;
  private final KnownFiles known = new KnownFiles();

  /** So many pictures there must be room for, by the largest number that somebody asked for. */
  private volatile int reserve = 1;

  private FilePictureStore(PictureFolder folder, Drafts drafts, InstantSource clock) {
    this.folder = folder;
    this.drafts = drafts;
    this.proof = ProveStorage.askedEachTime(clock);
    this.clock = clock;
  }

  /**
   * Opens the folder, makes it if it is missing, and removes what killed processes left behind.
   *
   * @throws IOException if the folder can't be written to
   */
  static FilePictureStore at(Path directory, long maxBytes, Clock clock) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    var drafts = new Drafts(root.resolve(".drafts"), maxBytes, clock);
    drafts.prove();
    return new FilePictureStore(new PictureFolder(root), drafts, clock);
  }

  @Override
  public PictureDraft draft(RequestId id) throws IOException {
    try {
      return drafts.begin(id, this::putIfAbsent);
    } catch (IOException e) {
      proof.failed(described(e));
      throw e;
    }
  }

  /** The message of an exception of the file system is but a path. */
  private static IOException described(IOException e) {
    return e instanceof FileSystemException ? new IOException(e.toString(), e) : e;
  }

  /** There is never more than one. */
  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> chosen)
      throws IOException {
    try {
      return Optional.of(describe(id));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (DamagedPicture e) {
      moveAside(id, e);
      return Optional.empty();
    }
  }

  /** It would be in the way of the picture that can still be made. */
  private void moveAside(RequestId id, DamagedPicture damage) throws IOException {
    var aside = folder.moveAside(id);
    log.atError()
        .addKeyValue("request_id", id)
        .addKeyValue("reason", damage.getMessage())
        .addKeyValue("moved_to", aside)
        .log("a picture is damaged; it was moved aside, and its job goes on as if it had none");
  }

  @Override
  public Optional<InputStream> open(StoredPicture picture, Part part) throws IOException {
    FileChannel content;
    try {
      content = FileChannel.open(folder.place(picture.id()), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.of(new PartOfFile(content, part));
  }

  @Override
  public void settle(RequestId id, String sha256) {
    // the first one stayed, and everybody was told so
  }

  @Override
  public boolean delete(RequestId id) throws IOException {
    return Files.deleteIfExists(folder.place(id));
  }

  @Override
  public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    folder.eachSavedBefore(moment, batch, take);
  }

  @Override
  public Optional<String> trouble() {
    return trouble(1);
  }

  @Override
  public Optional<String> trouble(int pictures) {
    reserve = Math.max(reserve, pictures);
    return proof.trouble(() -> drafts.requireRoom(reserve), this::proveWritable);
  }

  private void proveWritable() throws IOException {
    try {
      drafts.proveAgain();
      folder.requireWritable(clock.instant());
    } catch (FileSystemException e) {
      throw described(e);
    }
  }

  /** What is in the picture's place now: {@code finished}, or what was there before it. */
  private StoredPicture putIfAbsent(Path draft, FileChannel content, StoredPicture finished)
      throws IOException {
    try {
      content.force(true);
      content.close(); // the picture will be this very file: nothing may be written to it any more
      return put(draft, finished);
    } catch (IOException e) {
      proof.failed(described(e));
      throw e;
    }
  }

  private StoredPicture put(Path draft, StoredPicture finished) throws IOException {
    if (folder.putIfAbsent(draft, finished.id())) {
      return finished;
    }
    var before = find(finished.id());
    if (before.isEmpty() && folder.putIfAbsent(draft, finished.id())) {
      return finished; // what was there was damaged
    }
    return before.isPresent() ? before.get() : describe(finished.id());
  }

  private StoredPicture describe(RequestId id) throws IOException {
    return known.describe(id, folder.place(id), FilePictureStore::read);
  }

  /** Read from the bytes themselves, so that it is true, and proves that they can be read back. */
  private static StoredPicture read(RequestId id, Path place) throws IOException {
    var digest = Sha256.begin();
    long bytes;
    try (InputStream file = new DigestInputStream(Files.newInputStream(place), digest)) {
      bytes = file.transferTo(OutputStream.nullOutputStream());
    }
    return switch (InspectPicture.of(place)) {
      case Inspection.Picture(PictureFormat format, int width, int height) ->
          new StoredPicture(id, Sha256.hex(digest), bytes, format, width, height);
      case Inspection.NoPicture(String reason) ->
          throw new DamagedPicture("%s was damaged: it %s".formatted(place, reason));
      case Inspection.Unusable(String reason) ->
          throw new DamagedPicture("%s is not what was kept: it %s".formatted(place, reason));
    };
  }

  /** What lies in a picture's place is none, and will never be one. */
  private static final class DamagedPicture extends IOException {
    DamagedPicture(String message) {
      super(message);
    }
  }
}
