package dev.darkroom.worker.nebius.response;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Decodes a picture's text while it is read, without ever holding it: base64 (<a
 * href="https://www.rfc-editor.org/rfc/rfc4648">RFC 4648</a>) or a data URL (<a
 * href="https://www.rfc-editor.org/rfc/rfc2397">RFC 2397</a>).
 */
final class ImageTextDecoder {
  static final String DATA = "data:";

  /** Of a data URL: its media type and its parameters. */
  private static final int LONGEST_HEAD = 2048;

  private final PushbackInputStream text;

  ImageTextDecoder(InputStream text) {
    this.text = new PushbackInputStream(text, DATA.length());
  }

  /** Writes the picture's bytes; nothing if the text is empty. */
  void decodeInto(StoreOutputStream store) throws IOException {
    if (!startsWithData()) {
      new Base64Text(store).decode(text);
      return;
    }
    var before = store.written();
    var head = dataUrlHead();
    if (head.matches(".*;\\s*base64\\s*(;.*)?")) {
      new Base64Text(store).decode(new ByteInput(this::readPercentDecoded));
    } else {
      new ByteInput(this::readPercentDecoded).transferTo(store);
    }
    if (store.written() == before) {
      throw new MalformedResponse("The answer's data URL holds no picture.");
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
  private String dataUrlHead() throws IOException {
    var head = new StringBuilder();
    var quoted = false;
    for (int next = text.read(); next != ',' || quoted; next = text.read()) {
      if (next < 0 || head.length() == LONGEST_HEAD) {
        throw new MalformedResponse("The answer's data URL holds no picture.");
      }
      quoted ^= next == '"';
      head.append((char) next);
    }
    return head.toString().toLowerCase(Locale.ROOT);
  }

  private int readPercentDecoded() throws IOException {
    var next = text.read();
    return next == '%' ? hexDigit() * 16 + hexDigit() : next;
  }

  private int hexDigit() throws IOException {
    var digit = text.read();
    if (!HexFormat.isHexDigit(digit)) {
      throw unreadable("its data URL is malformed.");
    }
    return HexFormat.fromHexDigit(digit);
  }

  static MalformedResponse unreadable(String why) {
    return new MalformedResponse("The answer could not be read: " + why);
  }
}
