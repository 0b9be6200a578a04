package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A picture being written to a file of its own, beside the pictures. */
final class FileDraft implements PictureDraft {
  private final RequestId id;
  private final FilePictureStore store;
  private final Path file;
  private final FileChannel channel;
  private final MeasuredBody body;
  private boolean ended;

  FileDraft(RequestId id, FilePictureStore store, Path file, long maxBytes) throws IOException {
    this.id = id;
    this.store = store;
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    this.body =
        new MeasuredBody(
            new BufferedOutputStream(Channels.newOutputStream(channel)), file.toString(), maxBytes);
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
    return switch (InspectPicture.of(file)) {
      case Inspection.NoPicture(String reason) -> new KeepOutcome.NotAPicture(reason);
      case Inspection.Picture(PictureFormat format, int width, int height) -> {
        channel.force(true);
        // The picture will be this very file: from here on nothing may be written to it.
        channel.close();
        yield new KeepOutcome.Kept(
            store.putIfAbsent(
                file, new StoredPicture(id, body.sha256(), body.bytes(), format, width, height)));
      }
    };
  }

  @Override
  public void close() throws IOException {
    ended = true;
    try (channel) {
      Files.deleteIfExists(file);
    }
  }
}
