package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
import dev.darkroom.worker.nebius.ReadReply.CutReply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.HexFormat;

/**
 * The content of a JSON string, unescaped, from behind its opening quote to its closing one,
 * however long it is. For texts of ASCII, as pictures are written; what is none comes as it is.
 */
final class JsonStringInput extends InputStream {
  /** In no alphabet, so that it is found wrong where it matters. */
  private static final int NO_ASCII = 0xff;

  private final InputStream document;
  private final byte[] buffer = new byte[8192];
  private int at;
  private int end;
  private boolean closed;

  /**
   * @param document from behind the opening quote
   */
  JsonStringInput(InputStream document) {
    this.document = document;
  }

  /** What follows the closing quote; reads up to it first. */
  InputStream rest() throws IOException {
    while (read() >= 0) {
      // nobody asks for what is left
    }
    return new SequenceInputStream(new ByteArrayInputStream(buffer, at, end - at), document);
  }

  @Override
  public int read() throws IOException {
    if (closed) {
      return -1;
    }
    var next = next();
    if (next == '"') {
      closed = true;
      return -1;
    }
    return next == '\\' ? unescaped() : next;
  }

  @Override
  public int read(byte[] text, int offset, int length) throws IOException {
    for (int i = 0; i < length; i++) {
      var next = read();
      if (next < 0) {
        return i == 0 ? -1 : i;
      }
      text[offset + i] = (byte) next;
    }
    return length;
  }

  private int unescaped() throws IOException {
    var escaped = next();
    return switch (escaped) {
      case '"', '\\', '/' -> escaped;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw new BadReply("The answer could not be read: it is no JSON.");
    };
  }

  private int codeUnit() throws IOException {
    var unit = 0;
    for (int i = 0; i < 4; i++) {
      var digit = next();
      if (!HexFormat.isHexDigit(digit)) {
        throw new BadReply("The answer could not be read: it is no JSON.");
      }
      unit = unit * 16 + HexFormat.fromHexDigit(digit);
    }
    return unit < 0x80 ? unit : NO_ASCII;
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    return buffer[at++] & 0xff;
  }

  private void fill() throws IOException {
    at = 0;
    end = 0;
    int read;
    try {
      read = document.read(buffer);
    } catch (BadReply e) {
      throw e;
    } catch (IOException e) {
      throw new CutReply("The answer broke off in the middle", e);
    }
    if (read < 1) {
      throw new BadReply("The answer could not be read: it ends within its picture.");
    }
    end = read;
  }
}
