package dev.darkroom.picture.file;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.CommitResult.NotAPicture;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.inspect.ImageInspector;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** An upload to a local file, which is deleted when the upload is closed. */
final class FileUpload implements PictureUpload {
  private final RequestId id;
  private final Path file;
  private final FileChannel content;
  private final UploadDirectory.UploadTarget target;
  private final Runnable whenClosed;
  private final UploadStream body;
  private boolean ended;
  private boolean closed;

  FileUpload(
      RequestId id,
      Path file,
      FileChannel content,
      long maxBytes,
      UploadDirectory.UploadTarget target,
      Runnable whenClosed) {
    this.id = id;
    this.file = file;
    this.content = content;
    this.target = target;
    this.whenClosed = whenClosed;
    this.body =
        new UploadStream(
            new BufferedOutputStream(Channels.newOutputStream(content)), file.toString(), maxBytes);
  }

  @Override
  public OutputStream body() {
    return body;
  }

  @Override
  public CommitResult commit() throws IOException {
    if (ended) {
      throw new IllegalStateException("this upload has ended");
    }
    ended = true;
    if (body.tooLarge()) {
      return new NotAPicture("is too large");
    }
    body.flush();
    var result = ImageInspector.inspect(file, id, body.sha256());
    return result instanceof Stored(var picture) ? new Stored(put(picture)) : result;
  }

  /** Closes the file afterwards: it may have become the stored picture, so nobody may write it. */
  private StoredPicture put(StoredPicture picture) throws IOException {
    try (content) {
      return target.putIfAbsent(file, content, picture);
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    ended = true;
    closed = true;
    try (content) {
      Files.deleteIfExists(file);
    } finally {
      whenClosed.run();
    }
  }
}
