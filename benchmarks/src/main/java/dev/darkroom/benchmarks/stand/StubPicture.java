package dev.darkroom.benchmarks.stand;

import dev.darkroom.simulator.drawing.Drawing;
import dev.darkroom.simulator.drawing.OutputFormat;
import dev.darkroom.simulator.drawing.Sketch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/** A WebP that is as large in base64 as measures of other queues take it to be. */
final class StubPicture {
  static final int BASE64_CHARACTERS = 60_000;
  static final int BYTES = BASE64_CHARACTERS / 4 * 3;

  private static final int RIFF_HEADER = 8;
  private static final int CHUNK_HEADER = 8;

  private StubPicture() {}

  /** One of so many bytes, of the size that is asked for where it fits. */
  static byte[] draw(int bytes) {
    return IntStream.of(512, 384, 256)
        .mapToObj(side -> OutputFormat.WEBP.encode(Drawing.of(sketch(side))))
        .filter(drawn -> drawn.length <= bytes - CHUNK_HEADER)
        .findFirst()
        .map(drawn -> padded(drawn, bytes))
        .orElseThrow(() -> new IllegalStateException("every drawing is too large"));
  }

  private static Sketch sketch(int side) {
    return new Sketch("a lighthouse on a cliff above a stormy sea", "", 7, 30, side, side);
  }

  /** With a chunk that readers pass over (RFC 9649, section 2.7.1.6), up to the wanted size. */
  private static byte[] padded(byte[] drawn, int bytes) {
    var whole = ByteBuffer.wrap(Arrays.copyOf(drawn, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    whole.putInt(4, bytes - RIFF_HEADER);
    whole.put(drawn.length, new byte[] {'P', 'A', 'D', 'S'});
    whole.putInt(drawn.length + 4, bytes - drawn.length - CHUNK_HEADER);
    return whole.array();
  }
}
