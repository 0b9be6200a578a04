package dev.darkroom.gateway.picture;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pictures for clients that wait on virtual threads. Such a thread holds its carrier while it
 * is in a file system, so a few that hang would stop them all. Platform threads call the store, and
 * no client waits for a call longer than a time limit.
 */
public final class PictureReader {
  private static final Logger log = LoggerFactory.getLogger(PictureReader.class);

  private final PictureStore store;
  private final int mostWaiting;
  private final Duration limit;
  private final ThreadPoolExecutor threads;

  /** A call of the store. */
  private interface StoreCall<T> {
    T run() throws IOException;
  }

  /**
   * @param atOnce calls of the store
   * @param mostWaiting calls that may wait for one of these; beyond it they fail at once
   * @param limit of each call, with its wait
   */
  PictureReader(PictureStore store, int atOnce, int mostWaiting, Duration limit) {
    this.store = store;
    this.mostWaiting = mostWaiting;
    this.limit = limit;
    this.threads =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("read-pictures-", 1).factory());
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * The picture with which a job completed.
   *
   * @param sha256 the recorded one
   * @throws IOException if the store fails, or does not answer in time
   */
  public Optional<StoredPicture> find(RequestId id, String sha256) throws IOException {
    return await(begin(() -> store.find(id, () -> Optional.of(sha256))));
  }

  /**
   * Opens a range of the picture; empty if the picture no longer exists. The caller closes it.
   *
   * @throws IOException if the store fails, or does not answer in time; so does each read
   */
  public Optional<InputStream> open(StoredPicture picture, ByteRange range) throws IOException {
    var opening = begin(() -> store.open(picture, range));
    try {
      return await(opening).map(PictureStream::new);
    } catch (IOException e) {
      var _ = opening.thenAcceptAsync(late -> late.ifPresent(PictureReader::close), threads);
      throw e;
    }
  }

  private <T> CompletableFuture<T> begin(StoreCall<T> call) throws IOException {
    if (threads.getQueue().size() >= mostWaiting) {
      throw new IOException("too many reads wait for the picture store");
    }
    var begun = System.nanoTime();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            if (System.nanoTime() - begun > limit.toNanos()) {
              throw new IOException("nobody waits for the answer any more");
            }
            return call.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        threads);
  }

  /** Does not interrupt a call that takes too long: who interrupts a read has to wait for it. */
  private <T> T await(CompletableFuture<T> answer) throws IOException {
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within %d ms".formatted(limit.toMillis()), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException failure) {
        throw failure.getCause();
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the picture store was asked");
    }
  }

  private static void close(InputStream content) {
    try {
      content.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("could not close a picture");
    }
  }

  /** Used by one thread, one read after the other. */
  private final class PictureStream extends InputStream {
    private static final int PIECE = 64 * 1024;

    private final InputStream content;
    private CompletableFuture<Integer> latest = CompletableFuture.completedFuture(0);

    PictureStream(InputStream content) {
      this.content = content;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return next(() -> content.read(buffer, offset, length));
    }

    private int next(StoreCall<Integer> read) throws IOException {
      latest = begin(read);
      return await(latest);
    }

    /** In larger pieces than usual, as each is handed from thread to thread. */
    @Override
    public long transferTo(OutputStream client) throws IOException {
      var piece = new byte[PIECE];
      var sent = 0L;
      var read = PIECE;
      while (read == PIECE) {
        read = next(() -> content.readNBytes(piece, 0, PIECE));
        client.write(piece, 0, read);
        sent += read;
      }
      return sent;
    }

    /** After the read under way, which nobody may wait for any more. */
    @Override
    public void close() {
      var _ = latest.whenCompleteAsync((_, _) -> PictureReader.close(content), threads);
    }
  }
}
