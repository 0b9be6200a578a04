package dev.darkroom.worker.outcome;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Pictures whose every byte matters. */
final class TestingPicture {
  private TestingPicture() {}

  static byte[] png(int width, int height) {
    return written("png", width, height);
  }

  static byte[] written(String format, int width, int height) {
    var random = new Random(1);
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, random.nextInt(0x1000000));
      }
    }
    var bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A small file that says that it is large. */
  static byte[] pngThatClaims(int width, int height) {
    var png = ByteBuffer.wrap(png(8, 8)).putInt(16, width).putInt(20, height);
    var crc = new CRC32();
    crc.update(png.array(), 12, 17);
    return png.putInt(29, (int) crc.getValue()).array();
  }

  /** Behind its FF C0 a JPEG says its length, its precision, its height and its width. */
  static byte[] jpegThatClaims(int width, int height) {
    var jpeg = written("jpeg", 8, 8);
    for (int at = 2; at < jpeg.length - 9; at++) {
      if (jpeg[at] == (byte) 0xff && jpeg[at + 1] == (byte) 0xc0) {
        ByteBuffer.wrap(jpeg).putShort(at + 5, (short) height).putShort(at + 7, (short) width);
        return jpeg;
      }
    }
    throw new IllegalStateException("no frame header");
  }
}
