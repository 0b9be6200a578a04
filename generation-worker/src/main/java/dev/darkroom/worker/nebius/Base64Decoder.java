package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.ReadReply.BadReply;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Decodes base64 (<a href="https://www.rfc-editor.org/rfc/rfc4648">RFC 4648</a>) as it comes, in
 * both alphabets, wrapped anywhere, with or without padding. The JDK's decoders insist on one
 * dialect each, or pass over characters that are simply wrong.
 */
final class Base64Decoder {
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

  /**
   * @throws BadReply where a character is wrong, or the text ends where none can
   */
  void decode(InputStream text) throws IOException {
    var read = new byte[8192];
    for (int length = text.read(read); length >= 0; length = text.read(read)) {
      for (int i = 0; i < length; i++) {
        take(VALUES[read[i] & 0xff]);
      }
    }
    end();
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
      throw new BadReply(
          "The answer could not be read: its picture has a wrong character after %d of base64."
              .formatted(characters));
    }
  }

  private void end() throws IOException {
    var left = (int) (characters & 3);
    if (left == 1 || (padding > 0 && left + padding != 4)) {
      throw new BadReply("The answer could not be read: its base64 ends too early.");
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
