package dev.darkroom.picture;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Says whether a file is a whole picture: its first bytes name the format, its end is there, and a
 * reader understands its header. Pixels are not decoded; that would cost a hundred times as much.
 */
final class InspectPicture {
  private static final byte[] PNG_START = HexFormat.of().parseHex("89504e470d0a1a0a");
  private static final byte[] PNG_END = HexFormat.of().parseHex("0000000049454e44ae426082");
  private static final byte[] JPEG_START = HexFormat.of().parseHex("ffd8ff");
  private static final byte[] JPEG_END = HexFormat.of().parseHex("ffd9");
  private static final int RIFF_HEADER = 8;

  /** Four times what a request can ask for; a model may scale up what it has drawn. */
  private static final int LONGEST_SIDE = 8192;

  /** A browser takes four bytes for each, whatever few bytes the file has. */
  private static final long MOST_PIXELS = 32L << 20;

  /**
   * Where a picture's end is looked for: some write a little behind it, which readers pass over.
   */
  private static final int LAST = 1024;

  private InspectPicture() {}

  /**
   * @throws IOException if the file can't be read
   */
  static Inspection of(Path file) throws IOException {
    try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
      return of(content);
    }
  }

  /**
   * Leaves the channel open: closing a file lets go of the locks on it.
   *
   * @throws IOException if it can't be read
   */
  static Inspection of(FileChannel content) throws IOException {
    try (var input = new ChannelInput(content)) {
      Optional<PictureFormat> format = format(input);
      if (format.isEmpty()) {
        return unknown(input);
      }
      if (!isWhole(input, format.get())) {
        return new Inspection.NoPicture("is a %s that breaks off".formatted(format.get()));
      }
      input.seek(0);
      return size(input, format.get());
    }
  }

  private static Inspection unknown(ChannelInput input) throws IOException {
    var head = new byte[(int) Math.min(input.length(), ForeignFormat.HEAD)];
    input.seek(0);
    input.readFully(head);
    return ForeignFormat.of(head)
        .<Inspection>map(foreign ->
            new Inspection.Unusable(
                "is %s; only WebP, PNG and JPEG are kept".formatted(foreign.inWords())))
        .orElseGet(() -> new Inspection.NoPicture("is neither WebP nor PNG nor JPEG"));
  }

  private static Optional<PictureFormat> format(ChannelInput input) throws IOException {
    if (has(input, 0, "RIFF".getBytes(US_ASCII)) && has(input, 8, "WEBP".getBytes(US_ASCII))) {
      return Optional.of(PictureFormat.WEBP);
    }
    if (has(input, 0, PNG_START)) {
      return Optional.of(PictureFormat.PNG);
    }
    return has(input, 0, JPEG_START) ? Optional.of(PictureFormat.JPEG) : Optional.empty();
  }

  private static boolean isWhole(ChannelInput input, PictureFormat format) throws IOException {
    return switch (format) {
      case WEBP -> {
        long behind = input.length() - riffLength(input);
        yield behind >= 0 && behind < LAST;
      }
      case PNG -> contains(last(input), PNG_END);
      case JPEG -> endsWith(last(input), JPEG_END);
    };
  }

  private static byte[] last(ChannelInput input) throws IOException {
    var last = new byte[(int) Math.min(input.length(), LAST)];
    input.seek(input.length() - last.length);
    input.readFully(last);
    return last;
  }

  private static boolean contains(byte[] bytes, byte[] sought) {
    return IntStream.rangeClosed(0, bytes.length - sought.length)
        .anyMatch(at -> Arrays.equals(bytes, at, at + sought.length, sought, 0, sought.length));
  }

  /** But for padding. A JPEG's end is too short to be sought: its thumbnail ends alike. */
  private static boolean endsWith(byte[] bytes, byte[] end) {
    int length = bytes.length;
    while (length > end.length && bytes[length - 1] == 0) {
      length--;
    }
    return Arrays.equals(bytes, length - end.length, length, end, 0, end.length);
  }

  /** A WebP says how long it is (RFC 9649, section 2.4). */
  private static long riffLength(ChannelInput input) throws IOException {
    input.seek(4);
    input.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    long length = input.readUnsignedInt() + RIFF_HEADER;
    input.setByteOrder(ByteOrder.BIG_ENDIAN);
    return length;
  }

  private static boolean has(ChannelInput input, long position, byte[] expected)
      throws IOException {
    if (position < 0 || position + expected.length > input.length()) {
      return false;
    }
    var found = new byte[expected.length];
    input.seek(position);
    input.readFully(found);
    return Arrays.equals(found, expected);
  }

  private static Inspection size(ChannelInput input, PictureFormat format) throws IOException {
    ImageReader reader = reader(format);
    try {
      reader.setInput(input, true, true);
      return sized(format, reader.getWidth(0), reader.getHeight(0));
    } catch (IIOException | EOFException | RuntimeException e) {
      // Readers meet hostile headers with all sorts of runtime exceptions.
      return new Inspection.NoPicture("is a %s with a broken header".formatted(format));
    } finally {
      reader.dispose();
    }
  }

  private static Inspection sized(PictureFormat format, int width, int height) {
    return Math.max(width, height) > LONGEST_SIDE || (long) width * height > MOST_PIXELS
        ? new Inspection.Unusable(
            "is a %s of %d x %d pixels, which is more than is kept"
                .formatted(format, width, height))
        : new Inspection.Picture(format, width, height);
  }

  /** Named one by one: which readers ImageIO finds on a class path is not for a library to say. */
  private static ImageReader reader(PictureFormat format) throws IOException {
    return switch (format) {
      case WEBP -> new WebPImageReaderSpi().createReaderInstance();
      case PNG -> readerOfTheJdk("png");
      case JPEG -> readerOfTheJdk("jpeg");
    };
  }

  private static ImageReader readerOfTheJdk(String name) {
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
