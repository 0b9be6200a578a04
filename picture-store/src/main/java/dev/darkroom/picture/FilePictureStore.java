package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Pictures in a folder that all workers and gateways see. A picture is fsynced before it appears
 * under its name, and appears whole.
 */
final class FilePictureStore implements PictureStore {
  private static final Duration ABANDONED = Duration.ofHours(1);

  private final PictureFolder folder;
  private final long maxBytes;

  private FilePictureStore(PictureFolder folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens the folder, makes it if it is missing, and removes what killed processes left behind.
   *
   * @throws IOException if the folder can't be written to
   */
  static FilePictureStore at(Path directory, long maxBytes, Clock clock) throws IOException {
    var folder = new PictureFolder(directory.toAbsolutePath().normalize(), clock);
    folder.prove();
    folder.removeDraftsUntouchedSince(clock.instant().minus(ABANDONED));
    return new FilePictureStore(folder, maxBytes);
  }

  @Override
  public PictureDraft draft(RequestId id) throws IOException {
    folder.requireRoomFor(maxBytes);
    return new FileDraft(id, this, folder.newDraft(id), maxBytes);
  }

  @Override
  public Optional<StoredPicture> find(RequestId id) throws IOException {
    try {
      return Optional.of(describe(id, folder.place(id)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<OpenPicture> open(RequestId id) throws IOException {
    Path place = folder.place(id);
    try {
      return Optional.of(new OpenPicture(describe(id, place), Files.newInputStream(place)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean delete(RequestId id) throws IOException {
    return Files.deleteIfExists(folder.place(id));
  }

  /** What is in the picture's place now: {@code finished}, or what was there before it. */
  StoredPicture putIfAbsent(Path draft, StoredPicture finished) throws IOException {
    RequestId id = finished.id();
    return folder.putIfAbsent(draft, id) ? finished : describe(id, folder.place(id));
  }

  /** Read from the bytes themselves, so that it is true, and proves that they can be read back. */
  private static StoredPicture describe(RequestId id, Path place) throws IOException {
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
    };
  }
}
