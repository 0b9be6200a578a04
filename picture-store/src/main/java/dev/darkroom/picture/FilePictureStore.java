package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Pictures in a folder that all workers and gateways see. A picture is fsynced before it appears
 * under its name, and appears whole.
 */
final class FilePictureStore implements PictureStore {
  private final PictureFolder folder;
  private final Drafts drafts;
  private final KnownFiles known = new KnownFiles();

  private FilePictureStore(PictureFolder folder, Drafts drafts) {
    this.folder = folder;
    this.drafts = drafts;
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
    return new FilePictureStore(new PictureFolder(root), drafts);
  }

  @Override
  public PictureDraft draft(RequestId id) throws IOException {
    return drafts.begin(id, this::putIfAbsent);
  }

  /** There is never more than one. */
  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> chosen)
      throws IOException {
    try {
      return Optional.of(describe(id));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
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
    try {
      drafts.requireRoom();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  /** What is in the picture's place now: {@code finished}, or what was there before it. */
  private StoredPicture putIfAbsent(Path draft, FileChannel content, StoredPicture finished)
      throws IOException {
    content.force(true);
    content.close(); // the picture will be this very file: nothing may be written to it any more
    return folder.putIfAbsent(draft, finished.id()) ? finished : describe(finished.id());
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
          throw new IOException("%s was damaged: it %s".formatted(place, reason));
      case Inspection.Unusable(String reason) ->
          throw new IOException("%s is not what was kept: it %s".formatted(place, reason));
    };
  }
}
