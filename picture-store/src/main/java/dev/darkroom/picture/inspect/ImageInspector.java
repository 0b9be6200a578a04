package dev.darkroom.picture.inspect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.CommitResult;
import dev.darkroom.picture.CommitResult.NotAPicture;
import dev.darkroom.picture.CommitResult.Stored;
import dev.darkroom.picture.CommitResult.Unusable;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.StoredPicture;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Decides whether a file is a whole picture: its first bytes name the format, its end is present,
 * and a reader understands its header. It does not decode pixels; that would cost a hundred times
 * as much.
 */
public final class ImageInspector {
  private static final byte[] PNG_START = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final byte[] PNG_END = HexFormat.of().parseHex("0000000049454e44ae426082");
  private static final byte[] JPEG_START = HexFormat.of().parseHex("ffd8ff");
  private static final byte[] JPEG_END = HexFormat.of().parseHex("ffd9");
  private static final int RIFF_HEADER = 8;

  /** Four times what a request can ask for; a model may upscale. */
  private static final int LONGEST_SIDE = 8192;

  /** A browser needs four bytes for each, however small the file is. */
  private static final long MOST_PIXELS = 32L << 20;

  /** The end marker is searched in this many bytes: some writers append padding or metadata. */
  private static final int LAST = 1024;

  private ImageInspector() {}

  /**
   * Checks that a file is a picture that can be served.
   *
   * @param sha256 of the file, for the description of the picture
   * @throws IOException if the file can't be read
   */
  public static CommitResult inspect(Path file, RequestId id, String sha256) throws IOException {
    try (var input = new FileImageInputStream(file.toFile())) {
      Optional<PictureFormat> format = format(input);
      if (format.isEmpty()) {
        return unknown(input);
      }
      if (!isWhole(input, format.get())) {
        return new NotAPicture("is a %s that breaks off".formatted(format.get()));
      }
      input.seek(0);
      return described(input, format.get(), id, sha256);
    }
  }

  private static CommitResult unknown(ImageInputStream input) throws IOException {
    var head = new byte[(int) Math.min(input.length(), UnsupportedFormat.HEAD)];
    input.seek(0);
    input.readFully(head);
    return UnsupportedFormat.of(head)
        .<CommitResult>map(foreign ->
            new Unusable("is %s; only WebP, PNG and JPEG are supported".formatted(foreign.label())))
        .orElseGet(() -> new NotAPicture("is neither WebP nor PNG nor JPEG"));
  }

  private static Optional<PictureFormat> format(ImageInputStream input) throws IOException {
    if (has(input, 0, "RIFF".getBytes(US_ASCII)) && has(input, 8, "WEBP".getBytes(US_ASCII))) {
      return Optional.of(PictureFormat.WEBP);
    }
    if (has(input, 0, PNG_START)) {
      return Optional.of(PictureFormat.PNG);
    }
    return has(input, 0, JPEG_START) ? Optional.of(PictureFormat.JPEG) : Optional.empty();
  }

  private static boolean isWhole(ImageInputStream input, PictureFormat format) throws IOException {
    return switch (format) {
      case WEBP -> {
        long behind = input.length() - riffLength(input);
        yield behind >= 0 && behind < LAST;
      }
      case PNG -> contains(last(input), PNG_END);
      case JPEG -> endsWith(last(input), JPEG_END);
    };
  }

  private static byte[] last(ImageInputStream input) throws IOException {
    var last = new byte[(int) Math.min(input.length(), LAST)];
    input.seek(input.length() - last.length);
    input.readFully(last);
    return last;
  }

  private static boolean contains(byte[] bytes, byte[] sought) {
    return IntStream.rangeClosed(0, bytes.length - sought.length)
        .anyMatch(at -> Arrays.equals(bytes, at, at + sought.length, sought, 0, sought.length));
  }

  /** Ignores padding. A JPEG's end marker is not searched: an embedded thumbnail has one, too. */
  private static boolean endsWith(byte[] bytes, byte[] end) {
    int length = bytes.length;
    while (length > end.length && bytes[length - 1] == 0) {
      length--;
    }
    return Arrays.equals(bytes, length - end.length, length, end, 0, end.length);
  }

  /** A WebP says how long it is (RFC 9649, section 2.4). */
  private static long riffLength(ImageInputStream input) throws IOException {
    input.seek(4);
    input.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    long length = input.readUnsignedInt() + RIFF_HEADER;
    input.setByteOrder(ByteOrder.BIG_ENDIAN);
    return length;
  }

  private static boolean has(ImageInputStream input, long position, byte[] expected)
      throws IOException {
    if (position < 0 || position + expected.length > input.length()) {
      return false;
    }
    var found = new byte[expected.length];
    input.seek(position);
    input.readFully(found);
    return Arrays.equals(found, expected);
  }

  private static CommitResult described(
      ImageInputStream input, PictureFormat format, RequestId id, String sha256)
      throws IOException {
    ImageReader reader = reader(format);
    try {
      reader.setInput(input, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      return Math.max(width, height) > LONGEST_SIDE || (long) width * height > MOST_PIXELS
          ? new Unusable(
              "is a %s of %d x %d pixels, which is too large".formatted(format, width, height))
          : new Stored(new StoredPicture(id, sha256, input.length(), format, width, height));
    } catch (IIOException | EOFException | RuntimeException e) {
      // readers throw all sorts of runtime exceptions for hostile headers
      return new NotAPicture("is a %s with a broken header".formatted(format));
    } finally {
      reader.dispose();
    }
  }

  /** Named explicitly: other readers on the class path must not change what is accepted. */
  private static ImageReader reader(PictureFormat format) throws IOException {
    return switch (format) {
      case WEBP -> new WebPImageReaderSpi().createReaderInstance();
      case PNG -> jdkReader("png");
      case JPEG -> jdkReader("jpeg");
    };
  }

  private static ImageReader jdkReader(String name) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IllegalStateException("this JDK has no reader for " + name);
  }
}
