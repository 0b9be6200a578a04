package dev.darkroom.gateway.http.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.InputBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Frees the thread of a request whose body was not read to its end, as that of a refused one:
 * Tomcat would read the rest on it, for as long as the client sends a byte now and then.
 *
 * <p>The reply goes out first. What arrives in the next few seconds is then read without a thread,
 * so that a client that listens only after it has sent everything gets the reply and no reset. If
 * that was not the end, the connection is closed.
 */
final class UnreadBodyValve extends ValveBase {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long MOST_BYTES = 16 * 1024 * 1024;

  UnreadBodyValve() {
    super(true); // supports async requests
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var resumed = request.isAsyncDispatching();
    getNext().invoke(request, response);
    var connection = request.getCoyoteRequest();
    if (resumed || is(ActionCode.REQUEST_BODY_FULLY_READ, connection)) {
      return;
    }
    if (request.isAsync()) { // the reply is still to come; the body may be read until then
      request.getAsyncContext().addListener(new CloseIfUnread(connection));
      return;
    }
    response.finishResponse();
    if (is(ActionCode.IS_ERROR, connection)) {
      return; // Tomcat reads nothing more
    }
    if (connection.hasExpectation() // the client may send no body at all
        || request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null
        || request.getContext() == null
        || !request.isAsyncSupported()) {
      close(connection);
      return;
    }
    var async = request.startAsync();
    async.setTimeout(PATIENCE.toMillis());
    async.addListener(new CloseIfUnread(connection));
    connection.setReadListener(new RestOfBody(connection, async));
  }

  private static boolean is(ActionCode question, org.apache.coyote.Request connection) {
    var answer = new AtomicBoolean();
    connection.action(question, answer);
    return answer.get();
  }

  private static void close(org.apache.coyote.Request connection) {
    connection.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
  }

  private static final class RestOfBody implements ReadListener {
    private final org.apache.coyote.Request connection;
    private final AsyncContext async;
    private final long until = System.nanoTime() + PATIENCE.toNanos();
    private final InputBuffer read;

    RestOfBody(org.apache.coyote.Request connection, AsyncContext async) {
      this.connection = connection;
      this.async = async;
      this.read = new InputBuffer(0, connection); // points to what was read, holds nothing
    }

    @Override
    public void onDataAvailable() {
      try {
        while (!is(ActionCode.REQUEST_BODY_FULLY_READ, connection)
            && connection.getBytesRead() < MOST_BYTES
            && System.nanoTime() - until < 0) {
          if (!connection.isReady()) {
            return; // called again when more has arrived
          }
          connection.doRead(read);
        }
      } catch (IOException e) {
        // the client has gone, or its chunks are broken
      }
      async.complete();
    }

    @Override
    public void onAllDataRead() {
      // onDataAvailable() has seen it
    }

    @Override
    public void onError(Throwable e) {
      // Tomcat closes the connection
    }
  }

  private record CloseIfUnread(org.apache.coyote.Request connection) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      if (!is(ActionCode.REQUEST_BODY_FULLY_READ, connection)) {
        close(connection);
      }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      event.getAsyncContext().complete();
    }

    @Override
    public void onError(AsyncEvent event) {
      // Tomcat closes the connection
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // it goes on
    }
  }
}
