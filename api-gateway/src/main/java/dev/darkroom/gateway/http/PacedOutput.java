package dev.darkroom.gateway.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.catalina.connector.ClientAbortException;

/**
 * Fails for a client that reads too slowly. Tomcat limits the time of a single write only; a client
 * that takes a few bytes of each would hold its memory and its place among the readers.
 */
final class PacedOutput extends FilterOutputStream {
  static final long LEAST_BYTES_PER_SECOND = 8 * 1024;
  static final long GRACE_SECONDS = 10;

  /** Between two looks at the clock. */
  private static final int PIECE = 8 * 1024;

  private final LongSupplier nanoTime;
  private final Runnable tooSlow;
  private long writing;
  private long written;

  /**
   * @param nanoTime as {@link System#nanoTime()} counts
   */
  PacedOutput(OutputStream client, LongSupplier nanoTime, Runnable tooSlow) {
    super(client);
    this.nanoTime = nanoTime;
    this.tooSlow = tooSlow;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    for (var at = 0; at < length; at += PIECE) {
      var piece = Math.min(PIECE, length - at);
      var begun = nanoTime.getAsLong();
      out.write(bytes, from + at, piece);
      took(nanoTime.getAsLong() - begun);
      written += piece;
    }
  }

  @Override
  public void flush() throws IOException {
    var begun = nanoTime.getAsLong();
    out.flush();
    took(nanoTime.getAsLong() - begun);
  }

  /** Only what was spent on writing counts, not what the ledger took. */
  private void took(long nanos) throws IOException {
    writing += nanos;
    var seconds = TimeUnit.NANOSECONDS.toSeconds(writing);
    if (seconds >= GRACE_SECONDS && written / seconds < LEAST_BYTES_PER_SECOND) {
      tooSlow.run();
      throw new ClientAbortException("the client reads too slowly");
    }
  }

  /** The container ends the reply. */
  @Override
  public void close() throws IOException {
    flush();
  }
}
