package dev.darkroom.worker.nebius.response;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import dev.darkroom.worker.nebius.response.ByteInput.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.Base64;
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
      decodeBase64(text::read, store);
      return;
    }
    var before = store.written();
    var head = dataUrlHead();
    if (head.matches(".*;\\s*base64\\s*(;.*)?")) {
      decodeBase64(this::readPercentDecoded, store);
    } else {
      new ByteInput(this::readPercentDecoded).transferTo(store);
    }
    if (store.written() == before) {
      throw new MalformedResponse("The answer's data URL holds no picture.");
    }
  }

  private static void decodeBase64(ByteSource text, OutputStream store) throws IOException {
    Base64.getDecoder().wrap(new ByteInput(new Base64Text(text))).transferTo(store);
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

  /**
   * Base64 as the JDK's decoder takes it. It insists on one alphabet or skips characters that are
   * simply wrong, so this maps both alphabets to one, and drops white space and padding.
   */
  private static final class Base64Text implements ByteSource {
    private final ByteSource text;
    private long characters;
    private int padding;

    Base64Text(ByteSource text) {
      this.text = text;
    }

    @Override
    public int read() throws IOException {
      for (int next = text.read(); next >= 0; next = text.read()) {
        if (next == '=') {
          padding++;
        } else if (!Character.isWhitespace(next)) {
          return character(next);
        }
      }
      var left = (int) (characters & 3);
      if (left == 1 || (padding > 0 && left + padding != 4)) {
        throw unreadable("its base64 ends too early.");
      }
      return -1;
    }

    private int character(int next) throws IOException {
      var standard = next == '-' ? '+' : next == '_' ? '/' : next;
      var isLetter = standard < 0x80 && Character.isLetterOrDigit(standard);
      if (padding > 0 || !(isLetter || standard == '+' || standard == '/')) {
        throw unreadable(
            "its picture has a wrong character after %d of base64.".formatted(characters));
      }
      characters++;
      return standard;
    }
  }
}
