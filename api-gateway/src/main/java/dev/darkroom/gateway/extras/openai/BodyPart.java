package dev.darkroom.gateway.extras.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.gateway.picture.PictureReader;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.StoredPicture;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a reply: a text, a picture in base64, and a text. The picture goes from the store to
 * the client a few KiB at a time, so that replies of any size take no memory.
 *
 * @param picture null where there is none
 */
record BodyPart(String before, @Nullable StoredPicture picture, String after) {

  static BodyPart of(String text) {
    return new BodyPart(text, null, "");
  }

  /** In bytes. */
  long length() {
    var encoded = picture == null ? 0 : (picture.bytes() + 2) / 3 * 4;
    return before.getBytes(UTF_8).length + encoded + after.getBytes(UTF_8).length;
  }

  /**
   * @throws IOException if the client or the store is gone: the reply stays incomplete
   */
  void writeTo(OutputStream client, PictureReader pictures) throws IOException {
    client.write(before.getBytes(UTF_8));
    if (picture != null) {
      copy(picture, client, pictures);
    }
    client.write(after.getBytes(UTF_8));
  }

  private static void copy(StoredPicture picture, OutputStream client, PictureReader pictures)
      throws IOException {
    var opened = pictures.open(picture, ByteRange.all(picture));
    if (opened.isEmpty()) {
      throw new FileNotFoundException("the picture was deleted since it was found");
    }
    try (var bytes = opened.get();
        var encoded = Base64.getEncoder().wrap(new KeptOpen(client))) {
      bytes.transferTo(encoded);
    }
  }

  /** More follows the end of the base64 text. */
  private static final class KeptOpen extends FilterOutputStream {
    KeptOpen(OutputStream client) {
      super(client);
    }

    /**
     * Lets others go on after every few KiB: virtual threads run until they block, and a hundred
     * replies that end at once would keep all others from their database connections for seconds.
     */
    @Override
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it but fairness
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      Thread.yield();
    }

    @Override
    public void close() {
      // the container does it
    }
  }
}
