package dev.darkroom.worker.nebius.response;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Base64 in blocks, as the JDK's decoder takes it. That one insists on one alphabet or skips
 * characters that are simply wrong, and reads a stream byte by byte, which cost most of a worker's
 * time; so this maps both alphabets to one, and drops white space and padding.
 */
final class Base64Text {
  private static final int BLOCK = 8192;
  private static final byte WRONG = 0;
  private static final byte SPACE = ' ';
  private static final byte PADDING = '=';

  /** By character: the same one in the standard alphabet, or what else it is. */
  private static final byte[] KINDS = kinds();

  private final OutputStream store;
  private final byte[] characters = new byte[BLOCK + 3];

  /** In the array, and not decoded yet. */
  private int waiting;

  private long decoded;
  private int padding;

  Base64Text(OutputStream store) {
    this.store = store;
  }

  private static byte[] kinds() {
    var kinds = new byte[256];
    for (int character = 0; character < 0x80; character++) {
      if (Character.isLetterOrDigit(character) || character == '+' || character == '/') {
        kinds[character] = (byte) character;
      } else if (Character.isWhitespace(character)) {
        kinds[character] = SPACE;
      }
    }
    kinds['='] = PADDING;
    kinds['-'] = '+';
    kinds['_'] = '/';
    return kinds;
  }

  /** Decodes the text to its end. */
  void decode(InputStream text) throws IOException {
    var block = new byte[BLOCK];
    for (int read = text.read(block); read >= 0; read = text.read(block)) {
      collect(block, read);
      decode(waiting & ~3);
    }
    if (waiting == 1 || (padding > 0 && waiting + padding != 4)) {
      throw ImageTextDecoder.unreadable("its base64 ends too early.");
    }
    decode(waiting);
  }

  private void collect(byte[] block, int length) throws IOException {
    int count = waiting;
    for (int i = 0; i < length; i++) {
      byte kind = KINDS[block[i] & 0xff];
      if (kind == PADDING) {
        padding++;
      } else if (kind == WRONG || (padding > 0 && kind != SPACE)) {
        throw wrong(count);
      } else if (kind != SPACE) {
        characters[count++] = kind;
      }
    }
    waiting = count;
  }

  private IOException wrong(int count) {
    return ImageTextDecoder.unreadable(
        "its picture has a wrong character after %d of base64.".formatted(decoded + count));
  }

  private void decode(int count) throws IOException {
    var bytes = Base64.getDecoder().decode(ByteBuffer.wrap(characters, 0, count));
    store.write(bytes.array(), 0, bytes.limit());
    System.arraycopy(characters, count, characters, 0, waiting - count);
    waiting -= count;
    decoded += count;
  }
}
