package dev.darkroom.worker.nebius.http;

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
 * A connection that is not used again if unexpected bytes have arrived on it. In HTTP/1.1 only
 * their order says which response belongs to which request, so left-over bytes (a response sent
 * twice, a 408 to an idle connection) would be taken for the next call's response: another job's
 * picture.
 */
final class StrictConnection extends DefaultManagedHttpClientConnection {
  private static final Timeout A_MOMENT = Timeout.ofMilliseconds(1);

  /** For the library's own log. */
  private static final AtomicLong NUMBER = new AtomicLong();

  /** Some proxies send line breaks to keep a connection open until their response begins. */
  private static final DefaultHttpResponseParserFactory PARSERS =
      new DefaultHttpResponseParserFactory(
          Http1Config.custom().setMaxEmptyLineCount(10_000).build());

  private final Duration checkAfter;
  private long idleSince = System.nanoTime();
  private boolean checking;
  private boolean ended;

  private StrictConnection(Duration checkAfter) {
    super("nebius-" + NUMBER.incrementAndGet(), null, null, null, null, null, null, PARSERS);
    this.checkAfter = checkAfter;
  }

  /**
   * @param socket to bind to at once, if there is one
   * @param checkAfter idle time after which to check also whether the server has closed it, which
   *     takes a millisecond
   */
  static StrictConnection on(@Nullable Socket socket, Duration checkAfter) throws IOException {
    var connection = new StrictConnection(checkAfter);
    if (socket != null) {
      connection.bind(socket);
    }
    return connection;
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bind(new CheckedSocket(socket));
  }

  @Override
  public void bind(SSLSocket tls, Socket below) throws IOException {
    bind(new CheckedSocket(tls, below));
  }

  /** The pool asks before it uses the connection again. */
  @Override
  public boolean isStale() throws IOException {
    return hasUnexpectedBytes()
        || ended // TLS announces its end with bytes of its own
        || (System.nanoTime() - idleSince > checkAfter.toNanos() && super.isStale());
  }

  private boolean hasUnexpectedBytes() throws IOException {
    checking = true;
    try {
      return isDataAvailable(A_MOMENT);
    } finally {
      checking = false;
    }
  }

  @Override
  public void passivate() {
    super.passivate();
    idleSince = System.nanoTime();
  }

  /** The library's parser takes the end of the connection for the end of the head. */
  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    var response = super.receiveResponseHeader();
    if (ended) {
      throw new ConnectionClosedException("the connection ended within the response's head");
    }
    return response;
  }

  private final class CheckedSocket extends SocketHolder {
    CheckedSocket(Socket socket) {
      super(socket);
    }

    CheckedSocket(SSLSocket tls, Socket below) {
      super(tls, below);
    }

    @Override
    protected InputStream getInputStream(Socket socket) throws IOException {
      return new CheckedInput(super.getInputStream(socket), getBaseSocket().getInputStream());
    }
  }

  private final class CheckedInput extends FilterInputStream {
    private final InputStream below;

    CheckedInput(InputStream in, InputStream below) {
      super(in);
      this.below = below;
    }

    /** Does not block while the connection is only being checked. */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (checking && in.available() == 0 && below.available() == 0) {
        throw new SocketTimeoutException("no unexpected bytes");
      }
      var read = super.read(buffer, offset, length);
      ended = read < 0;
      return read;
    }
  }
}
