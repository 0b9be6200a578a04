package dev.darkroom.worker.nebius;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is used again only while nothing has come that nobody asked for. HTTP/1.1 tells
 * by their order alone which answer is whose, so whatever is left over, be it an answer sent twice
 * or a farewell to a connection that rested, would be taken for the next call's: a picture of
 * another job, or the end of one that was never asked for.
 */
final class WatchedConnection extends DefaultManagedHttpClientConnection {
  private static final Timeout A_MOMENT = Timeout.ofMilliseconds(1);

  /** For the library's own log. */
  private static final AtomicLong MADE = new AtomicLong();

  /** Some proxies write line breaks to keep a connection open until their answer begins. */
  private static final DefaultHttpResponseParserFactory ANSWERS =
      new DefaultHttpResponseParserFactory(
          Http1Config.custom().setMaxEmptyLineCount(10_000).build());

  private final Duration triedAfter;
  private long restingSince = System.nanoTime();
  private boolean looking;
  private boolean ended;

  /**
   * @param triedAfter rest after which it is also asked whether the other side has closed it, which
   *     takes a millisecond
   */
  private WatchedConnection(Duration triedAfter) {
    super("nebius-" + MADE.incrementAndGet(), null, null, null, null, null, null, ANSWERS);
    this.triedAfter = triedAfter;
  }

  /** One that is bound already where there is a socket. */
  static WatchedConnection on(@Nullable Socket socket, Duration triedAfter) throws IOException {
    var connection = new WatchedConnection(triedAfter);
    if (socket != null) {
      connection.bind(socket);
    }
    return connection;
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bind(new Watched(socket));
  }

  @Override
  public void bind(SSLSocket tls, Socket below) throws IOException {
    bind(new Watched(tls, below));
  }

  /** Asked before it is used again. */
  @Override
  public boolean isStale() throws IOException {
    return hasLeftOvers()
        || ended // which TLS says with bytes of its own
        || (System.nanoTime() - restingSince > triedAfter.toNanos() && super.isStale());
  }

  private boolean hasLeftOvers() throws IOException {
    looking = true;
    try {
      return isDataAvailable(A_MOMENT);
    } finally {
      looking = false;
    }
  }

  @Override
  public void passivate() {
    super.passivate();
    restingSince = System.nanoTime();
  }

  /** A head ends with an empty line; the parser is content with the connection's end. */
  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    var response = super.receiveResponseHeader();
    if (ended) {
      throw new ConnectionClosedException("the answer ended within its head");
    }
    return response;
  }

  private final class Watched extends SocketHolder {
    Watched(Socket socket) {
      super(socket);
    }

    Watched(SSLSocket tls, Socket below) {
      super(tls, below);
    }

    @Override
    protected InputStream getInputStream(Socket socket) throws IOException {
      return new Input(super.getInputStream(socket), getBaseSocket().getInputStream());
    }
  }

  private final class Input extends FilterInputStream {
    private final InputStream below;

    Input(InputStream in, InputStream below) {
      super(in);
      this.below = below;
    }

    /** Waits for nothing while somebody only looks whether anything is there. */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (looking && in.available() == 0 && below.available() == 0) {
        throw new SocketTimeoutException("nothing has come");
      }
      var read = super.read(buffer, offset, length);
      ended = read < 0;
      return read;
    }
  }
}
