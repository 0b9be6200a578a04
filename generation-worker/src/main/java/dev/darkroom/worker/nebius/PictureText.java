package dev.darkroom.worker.nebius;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A picture written as text, in any dialect that providers have been seen to write: base64, or a
 * data URL (<a href="https://www.rfc-editor.org/rfc/rfc2397">RFC 2397</a>). Read once, as it comes.
 */
final class PictureText {
  private static final String DATA = "data:";

  /** Of a data URL: its media type and whatever parameters it has. */
  private static final int LONGEST_HEAD = 2048;

  private final PushbackInputStream text;
  private final boolean isDataUrl;

  PictureText(InputStream text) throws IOException {
    this.text = new PushbackInputStream(text, DATA.length());
    this.isDataUrl = startsWithData();
  }

  boolean isDataUrl() {
    return isDataUrl;
  }

  /**
   * As a text of another kind, such as an address.
   *
   * @throws BadReply where it is longer than that
   */
  String asShortText(int longest) throws IOException {
    var read = text.readNBytes(longest + 1);
    if (read.length > longest) {
      throw new BadReply("The answer's address for its picture is too long.");
    }
    return new String(read, ISO_8859_1).strip();
  }

  /** Writes the picture's bytes. Nothing is written where the text is empty. */
  void decodeInto(ToStore store) throws IOException {
    if (!isDataUrl) {
      new Base64Decoder(store).decode(text);
      return;
    }
    var before = store.written();
    var head = head();
    var payload = new PercentDecoded(text);
    if (head.matches(".*;\\s*base64\\s*(;.*)?")) {
      new Base64Decoder(store).decode(payload);
    } else {
      payload.transferTo(store);
    }
    if (store.written() == before) {
      throw new BadReply("The answer's data URL holds no picture.");
    }
  }

  private boolean startsWithData() throws IOException {
    var first = text.read();
    while (first >= 0 && first <= ' ') {
      first = text.read();
    }
    if (first < 0) {
      return false;
    }
    text.unread(first);
    var begin = text.readNBytes(DATA.length());
    var found = new String(begin, US_ASCII).equalsIgnoreCase(DATA);
    if (!found) {
      text.unread(begin);
    }
    return found;
  }

  /** Up to the comma; one in quotes belongs to a parameter. */
  private String head() throws IOException {
    var head = new StringBuilder();
    var quoted = false;
    for (int next = text.read(); next != ',' || quoted; next = text.read()) {
      if (next < 0 || head.length() == LONGEST_HEAD) {
        throw new BadReply("The answer's data URL holds no picture.");
      }
      quoted ^= next == '"';
      head.append((char) next);
    }
    return head.toString().toLowerCase(Locale.ROOT);
  }

  private static final class PercentDecoded extends FilterInputStream {
    PercentDecoded(InputStream text) {
      super(text);
    }

    @Override
    public int read() throws IOException {
      var next = in.read();
      return next == '%' ? digit() * 16 + digit() : next;
    }

    private int digit() throws IOException {
      var digit = in.read();
      if (!HexFormat.isHexDigit(digit)) {
        throw new BadReply("The answer could not be read: its data URL is malformed.");
      }
      return HexFormat.fromHexDigit(digit);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      for (int i = 0; i < length; i++) {
        var next = read();
        if (next < 0) {
          return i == 0 ? -1 : i;
        }
        bytes[offset + i] = (byte) next;
      }
      return length;
    }
  }
}
