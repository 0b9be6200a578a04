package dev.darkroom.worker.nebius.response;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;

/**
 * A JSON document without its picture: the text of {@code data[…].b64_json}, or of a {@code url}
 * that is a data URL, goes to the store while it is read, and leaves an empty string. A JSON parser
 * would hold the whole text in memory.
 */
final class PictureFilter {
  /** Bytes; more, compressed or not, are no answer to our call. */
  private static final long BESIDE_ITS_PICTURE = 4L << 20;

  /** However it is wrapped and escaped, no byte of a picture takes more bytes. */
  private static final int PER_BYTE = 16;

  private static final int LONGEST_NAME = 16;

  /** Bytes, for white space and {@code data:}. */
  private static final int LOOKAHEAD = 32;

  /** In no base64 alphabet, so that it is rejected there. */
  private static final int NOT_ASCII = 0xff;

  private final InputStream document;
  private final StoreOutputStream store;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int end;
  private long total;

  /** The beginning of the latest string; a name, where a colon follows. */
  private final StringBuilder latest = new StringBuilder();

  private String topField = "";
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean afterColon;

  PictureFilter(InputStream document, StoreOutputStream store) {
    this.document = document;
    this.store = store;
  }

  /** The next byte of the document; -1 at its end. */
  int read() throws IOException {
    var next = next();
    if (inString) {
      passString(next);
    } else {
      passStructure(next);
    }
    return next;
  }

  private void passString(int next) {
    if (next == '"' && !escaped) {
      inString = false;
    } else if (latest.length() < LONGEST_NAME) {
      latest.append((char) next);
    }
    escaped = next == '\\' && !escaped;
  }

  private void passStructure(int next) throws IOException {
    switch (next) {
      case ' ', '\t', '\r', '\n' -> {
        return;
      }
      case '{', '[' -> depth++;
      case '}', ']' -> depth--;
      case ':' -> topField = depth == 1 ? latest.toString() : topField;
      case '"' -> {
        if (afterColon && isPicture()) {
          takePicture();
        }
        inString = true;
        latest.setLength(0);
      }
      default -> {
        // a number or a word
      }
    }
    afterColon = next == ':';
  }

  private boolean isPicture() throws IOException {
    if (depth != 3 || !topField.equals("data")) {
      return false;
    }
    var name = latest.toString();
    return name.equals("b64_json") || (name.equals("url") && isDataUrlAhead());
  }

  private boolean isDataUrlAhead() throws IOException {
    while (end - position < LOOKAHEAD && fill()) {
      // a little more
    }
    var ahead = Math.min(LOOKAHEAD, end - position);
    return new String(buffer, position, ahead, ISO_8859_1)
        .stripLeading()
        .regionMatches(true, 0, ImageTextDecoder.DATA, 0, ImageTextDecoder.DATA.length());
  }

  private void takePicture() throws IOException {
    var text = new PictureText();
    if (store.written() == 0) {
      new ImageTextDecoder(text).decodeInto(store);
    }
    text.transferTo(OutputStream.nullOutputStream()); // there is one already
    position--; // the closing quote belongs to the empty string
  }

  /** A byte of the document; -1 at its end. */
  private int next() throws IOException {
    if (position == end && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /** Reads on; what is not used up yet moves to the front. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, position, buffer, 0, end - position);
    end -= position;
    position = 0;
    var read = document.read(buffer, end, buffer.length - end);
    total += Math.max(0, read);
    if (total > BESIDE_ITS_PICTURE + PER_BYTE * store.written()) {
      throw new MalformedResponse("The answer is larger than any picture explains.");
    }
    end += Math.max(0, read);
    return read > 0;
  }

  /** The unescaped text of the string that begins here. ASCII; other bytes come as they are. */
  private final class PictureText extends InputStream {
    private boolean ended;

    @Override
    public int read() throws IOException {
      if (ended) {
        return -1;
      }
      var next = require();
      ended = next == '"';
      return ended ? -1 : next == '\\' ? unescape(require()) : next;
    }

    /** Up to the next escape, or as much as is buffered. */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var first = read();
      if (first < 0) {
        return -1;
      }
      bytes[offset] = (byte) first;
      var text = buffer;
      int begin = position;
      int limit = Math.min(end, begin + length - 1);
      int stop = begin;
      while (stop < limit && text[stop] != '"' && text[stop] != '\\') {
        stop++;
      }
      System.arraycopy(text, begin, bytes, offset + 1, stop - begin);
      position = stop;
      return 1 + stop - begin;
    }

    private int require() throws IOException {
      var next = next();
      if (next < 0) {
        throw ImageTextDecoder.unreadable("it ends within its picture.");
      }
      return next;
    }

    private int unescape(int code) throws IOException {
      return switch (code) {
        case '"', '\\', '/' -> code;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> codeUnit();
        default -> throw ImageTextDecoder.unreadable("it is not valid JSON.");
      };
    }

    private int codeUnit() throws IOException {
      var unit = 0;
      for (int i = 0; i < 4; i++) {
        var digit = require();
        if (!HexFormat.isHexDigit(digit)) {
          throw ImageTextDecoder.unreadable("it is not valid JSON.");
        }
        unit = unit * 16 + HexFormat.fromHexDigit(digit);
      }
      return unit < 0x80 ? unit : NOT_ASCII;
    }
  }
}
