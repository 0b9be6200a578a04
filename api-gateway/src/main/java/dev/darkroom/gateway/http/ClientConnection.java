package dev.darkroom.gateway.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Tells whether the client has closed the connection, which a servlet would only notice when it
 * writes: a non-blocking read, as Tomcat does it for read listeners.
 */
public final class ClientConnection extends ValveBase {
  private static final String GONE = ClientConnection.class.getName() + ".gone";

  /** What Tomcat reports as available once the connection is closed. */
  private static final int END = 1;

  public ClientConnection() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    var connection = request.getCoyoteRequest();
    BooleanSupplier gone =
        () -> {
          connection.action(ActionCode.AVAILABLE, true);
          return connection.getAvailable() == END; // a next request would be longer
        };
    request.setAttribute(GONE, gone);
    getNext().invoke(request, response);
  }

  /** Only for the thread that handles the request, and only until it has replied. */
  public static BooleanSupplier goneOf(HttpServletRequest request) {
    return request.getAttribute(GONE) instanceof BooleanSupplier gone ? gone : () -> false;
  }
}
