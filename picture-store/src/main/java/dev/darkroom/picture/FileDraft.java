package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A picture being written to a file of its own, which ends with the draft. */
final class FileDraft implements PictureDraft {
  private final RequestId id;
  private final Path file;
  private final FileChannel content;
  private final Shelf shelf;
  private final Runnable whenClosed;
  private final MeasuredBody body;
  private boolean ended;

  /** Where whole pictures go. */
  interface Shelf {
    /**
     * Puts the picture there unless the request has one already.
     *
     * @param content of the file, to read from; may be closed
     * @return what is there now
     */
    StoredPicture putIfAbsent(Path file, FileChannel content, StoredPicture picture)
        throws IOException;
  }

  FileDraft(
      RequestId id,
      Path file,
      FileChannel content,
      long maxBytes,
      Shelf shelf,
      Runnable whenClosed) {
    this.id = id;
    this.file = file;
    this.content = content;
    this.shelf = shelf;
    this.whenClosed = whenClosed;
    this.body =
        new MeasuredBody(
            new BufferedOutputStream(Channels.newOutputStream(content)), file.toString(), maxBytes);
  }

  @Override
  public OutputStream body() {
    return body;
  }

  @Override
  public KeepOutcome keep() throws IOException {
    if (ended) {
      throw new IllegalStateException("this draft has ended");
    }
    ended = true;
    if (body.tooLarge()) {
      return new KeepOutcome.NotAPicture("is too large");
    }
    body.flush();
    return switch (InspectPicture.of(content)) {
      case Inspection.NoPicture(String reason) -> new KeepOutcome.NotAPicture(reason);
      case Inspection.Unusable(String reason) -> new KeepOutcome.Unusable(reason);
      case Inspection.Picture(PictureFormat format, int width, int height) ->
          new KeepOutcome.Kept(
              put(new StoredPicture(id, body.sha256(), body.bytes(), format, width, height)));
    };
  }

  /** From here on nothing may be written to the file: it may have become the picture itself. */
  private StoredPicture put(StoredPicture picture) throws IOException {
    try (content) {
      return shelf.putIfAbsent(file, content, picture);
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    try (content) {
      Files.deleteIfExists(file);
    } finally {
      whenClosed.run();
    }
  }
}
