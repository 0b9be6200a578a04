package dev.darkroom.worker.nebius.response;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.darkroom.worker.nebius.http.BrokenResponse.MalformedResponse;
import dev.darkroom.worker.nebius.http.BrokenResponse.TruncatedResponse;
import dev.darkroom.worker.nebius.http.StoreOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Decodes a picture that is a JSON string while it is read, without ever holding it: base64 (<a
 * href="https://www.rfc-editor.org/rfc/rfc4648">RFC 4648</a>) or a data URL (<a
 * href="https://www.rfc-editor.org/rfc/rfc2397">RFC 2397</a>).
 */
final class ImageTextDecoder {
  private static final String DATA = "data:";

  /** Of a data URL: its media type and its parameters. */
  private static final int LONGEST_HEAD = 2048;

  private final JsonString string;
  private final PushbackInputStream text;
  private final boolean isDataUrl;

  /**
   * @param document the JSON from behind the string's opening quote
   */
  ImageTextDecoder(InputStream document) throws IOException {
    this.string = new JsonString(document);
    this.text = new PushbackInputStream(new ByteInput(string::read), DATA.length());
    this.isDataUrl = startsWithData();
  }

  boolean isDataUrl() {
    return isDataUrl;
  }

  /** The document behind the string's closing quote. */
  InputStream rest() throws IOException {
    return string.rest();
  }

  /**
   * The text itself, such as a URL.
   *
   * @throws MalformedResponse if it is longer than that
   */
  String asShortText(int longest) throws IOException {
    var read = text.readNBytes(longest + 1);
    if (read.length > longest) {
      throw new MalformedResponse("The answer's picture URL is too long.");
    }
    return new String(read, ISO_8859_1).strip();
  }

  /** Writes the picture's bytes; nothing if the text is empty. */
  void decodeInto(StoreOutputStream store) throws IOException {
    if (!isDataUrl) {
      new Base64Decoder(store).decode(text);
      return;
    }
    var before = store.written();
    var head = dataUrlHead();
    var payload = new ByteInput(this::readPercentDecoded);
    if (head.matches(".*;\\s*base64\\s*(;.*)?")) {
      new Base64Decoder(store).decode(payload);
    } else {
      payload.transferTo(store);
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

  private static MalformedResponse unreadable(String why) {
    return new MalformedResponse("The answer could not be read: " + why);
  }

  private interface ByteSource {
    int read() throws IOException;
  }

  /** A stream of single bytes; what is below it has a buffer. */
  private static final class ByteInput extends InputStream {
    private final ByteSource source;

    ByteInput(ByteSource source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      return source.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      for (int i = 0; i < length; i++) {
        var next = source.read();
        if (next < 0) {
          return i == 0 ? -1 : i;
        }
        bytes[offset + i] = (byte) next;
      }
      return length;
    }
  }

  /** The unescaped content of a JSON string. For ASCII texts; other bytes come as they are. */
  private static final class JsonString {
    /** In no base64 alphabet, so that it is rejected there. */
    private static final int NOT_ASCII = 0xff;

    private final InputStream document;
    private final byte[] buffer = new byte[8192];
    private int position;
    private int end;
    private boolean closed;

    JsonString(InputStream document) {
      this.document = document;
    }

    InputStream rest() throws IOException {
      while (read() >= 0) {
        // skip the rest of the string
      }
      return new SequenceInputStream(
          new ByteArrayInputStream(buffer, position, end - position), document);
    }

    int read() throws IOException {
      if (closed) {
        return -1;
      }
      var next = next();
      if (next == '"') {
        closed = true;
        return -1;
      }
      return next == '\\' ? unescape(next()) : next;
    }

    private int unescape(int escaped) throws IOException {
      return switch (escaped) {
        case '"', '\\', '/' -> escaped;
        case 'b' -> '\b';
        case 'f' -> '\f';
        case 'n' -> '\n';
        case 'r' -> '\r';
        case 't' -> '\t';
        case 'u' -> codeUnit();
        default -> throw unreadable("it is not valid JSON.");
      };
    }

    private int codeUnit() throws IOException {
      var unit = 0;
      for (int i = 0; i < 4; i++) {
        var digit = next();
        if (!HexFormat.isHexDigit(digit)) {
          throw unreadable("it is not valid JSON.");
        }
        unit = unit * 16 + HexFormat.fromHexDigit(digit);
      }
      return unit < 0x80 ? unit : NOT_ASCII;
    }

    private int next() throws IOException {
      if (position == end) {
        fill();
      }
      return buffer[position++] & 0xff;
    }

    private void fill() throws IOException {
      position = 0;
      end = 0;
      int read;
      try {
        read = document.read(buffer);
      } catch (MalformedResponse e) {
        throw e;
      } catch (IOException e) {
        throw new TruncatedResponse("The answer broke off in the middle", e);
      }
      if (read < 1) {
        throw unreadable("it ends within its picture.");
      }
      end = read;
    }
  }

  /**
   * Takes both alphabets, line breaks anywhere, and padding or none. The JDK's decoders each insist
   * on one dialect, or skip characters that are simply wrong.
   */
  private static final class Base64Decoder {
    private static final int SPACE = 64;
    private static final int PADDING = 65;
    private static final byte[] VALUES = values();

    private final OutputStream target;
    private final byte[] decoded = new byte[8192];
    private int filled;
    private int bits;
    private long characters;
    private int padding;

    Base64Decoder(OutputStream target) {
      this.target = target;
    }

    private static byte[] values() {
      var values = new byte[256];
      Arrays.fill(values, (byte) -1);
      var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      for (int i = 0; i < alphabet.length(); i++) {
        values[alphabet.charAt(i)] = (byte) i;
      }
      values['-'] = 62;
      values['_'] = 63;
      values['='] = PADDING;
      for (var space : " \t\r\n\f".toCharArray()) {
        values[space] = SPACE;
      }
      return values;
    }

    void decode(InputStream text) throws IOException {
      var read = new byte[8192];
      for (int length = text.read(read); length >= 0; length = text.read(read)) {
        for (int i = 0; i < length; i++) {
          take(VALUES[read[i] & 0xff]);
        }
      }
      finish();
    }

    private void take(int value) throws IOException {
      if (value >= 0 && value < SPACE && padding == 0) {
        bits = bits << 6 | value;
        if ((++characters & 3) == 0) {
          put(bits >> 16);
          put(bits >> 8);
          put(bits);
        }
      } else if (value == PADDING) {
        padding++;
      } else if (value != SPACE) {
        throw unreadable(
            "its picture has a wrong character after %d of base64.".formatted(characters));
      }
    }

    private void finish() throws IOException {
      var left = (int) (characters & 3);
      if (left == 1 || (padding > 0 && left + padding != 4)) {
        throw unreadable("its base64 ends too early.");
      }
      if (left >= 2) {
        put(left == 2 ? bits >> 4 : bits >> 10);
      }
      if (left == 3) {
        put(bits >> 2);
      }
      target.write(decoded, 0, filled);
    }

    private void put(int oneByte) throws IOException {
      if (filled == decoded.length) {
        target.write(decoded, 0, filled);
        filled = 0;
      }
      decoded[filled++] = (byte) oneByte;
    }
  }
}
