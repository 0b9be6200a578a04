package dev.darkroom.simulator.drawing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** The formats Nebius's {@code response_extension} names. */
public enum OutputFormat {
  WEBP("image/webp"),
  JPG("image/jpeg"),
  PNG("image/png");

  static {
    ImageIO.setUseCache(false);
  }

  private final String contentType;

  OutputFormat(String contentType) {
    this.contentType = contentType;
  }

  public String contentType() {
    return contentType;
  }

  /** As the wire spells it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The picture as a complete file of this format. */
  public byte[] encode(BufferedImage picture) {
    ImageWriter writer = ImageIO.getImageWritersByMIMEType(contentType).next();
    var bytes = new ByteArrayOutputStream(1 << 16);
    try (var output = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(output);
      writer.write(null, new IIOImage(picture, null, null), quality(writer));
    } catch (IOException e) {
      throw new UncheckedIOException("could not encode a picture as " + this, e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private ImageWriteParam quality(ImageWriter writer) {
    var parameters = writer.getDefaultWriteParam();
    if (this != PNG) {
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionType(this == WEBP ? "Lossy" : "JPEG");
      parameters.setCompressionQuality(0.88f);
    }
    return parameters;
  }
}
