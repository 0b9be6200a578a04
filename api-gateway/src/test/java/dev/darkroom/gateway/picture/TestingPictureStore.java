package dev.darkroom.gateway.picture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A store with one picture, which can be told to fail, or to hang. */
final class TestingPictureStore implements LinkingPictureStore {
  static final byte[] BYTES = "a picture, as it were".getBytes(UTF_8);

  final StoredPicture picture =
      new StoredPicture(
          new RequestId(UUID.randomUUID()),
          "cd".repeat(32),
          BYTES.length,
          PictureFormat.PNG,
          64,
          48);
  final List<ByteRange> opened = new ArrayList<>();
  final Queue<RequestId> deleted = new ConcurrentLinkedQueue<>();
  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger hanging = new AtomicInteger();
  volatile boolean down;
  private volatile CountDownLatch wakes = new CountDownLatch(0);
  boolean gone;
  boolean breaksOff;

  /** From now on calls hang, as in a file system: they can't be interrupted. */
  void hang() {
    wakes = new CountDownLatch(1);
  }

  void wake() {
    wakes.countDown();
  }

  private void answer() throws IOException {
    var interrupted = false;
    hanging.incrementAndGet();
    while (wakes.getCount() > 0) {
      try {
        wakes.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    hanging.decrementAndGet();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (down) {
      throw new IOException("down");
    }
  }

  String path() {
    return picture.url();
  }

  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> recorded)
      throws IOException {
    answer();
    return id.equals(picture.id()) ? Optional.of(picture) : Optional.empty();
  }

  @Override
  public Optional<InputStream> open(StoredPicture asked, ByteRange range) throws IOException {
    answer();
    opened.add(range);
    if (gone) {
      return Optional.empty();
    }
    var body = new HangingStream((int) range.from(), (int) range.length());
    open.incrementAndGet();
    return Optional.of(breaksOff ? new BrokenStream() : body);
  }

  private final class HangingStream extends ByteArrayInputStream {
    HangingStream(int from, int length) {
      super(BYTES, from, length);
    }

    @Override
    public int readNBytes(byte[] buffer, int offset, int length) {
      try {
        answer();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return super.readNBytes(buffer, offset, length);
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private static final class BrokenStream extends InputStream {
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      throw new IOException("broken off");
    }

    @Override
    public int read() throws IOException {
      throw new IOException("broken off");
    }
  }

  @Override
  public URI link(StoredPicture asked, Duration lifetime, String disposition) {
    return URI.create(
        "https://storage.example.com/%s?for=%d&as=%s"
            .formatted(asked.sha256(), lifetime.toSeconds(), disposition.substring(0, 6)));
  }

  @Override
  public String origin() {
    return "https://storage.example.com";
  }

  @Override
  public PictureUpload upload(RequestId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void settle(RequestId id, String sha256) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean delete(RequestId id) throws IOException {
    answer();
    return deleted.add(id);
  }

  @Override
  public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> trouble(int pictures) {
    return Optional.empty();
  }
}
