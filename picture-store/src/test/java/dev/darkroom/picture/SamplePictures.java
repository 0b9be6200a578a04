package dev.darkroom.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Real pictures; another seed gives other bytes. */
public final class SamplePictures {
  private SamplePictures() {}

  public static byte[] webp(int width, int height, int seed) {
    return picture("webp", width, height, seed);
  }

  public static byte[] png(int width, int height, int seed) {
    return picture("png", width, height, seed);
  }

  public static byte[] jpeg(int width, int height, int seed) {
    return picture("jpeg", width, height, seed);
  }

  private static byte[] picture(String format, int width, int height, int seed) {
    var random = new Random(seed);
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
}
