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
 * Lets whoever works on an answer see whether its client has hung up. A servlet would only notice
 * that when it writes; this reads from the connection what is there without waiting, as Tomcat does
 * for listeners.
 */
final class ClientConnection extends ValveBase {
  private static final String GONE = ClientConnection.class.getName() + ".gone";

  /** What Tomcat says is available where the connection can't be read any more. */
  private static final int END = 1;

  ClientConnection() {
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

  /** To be asked by the thread that answers the request, and not after that. */
  static BooleanSupplier goneOf(HttpServletRequest request) {
    return request.getAttribute(GONE) instanceof BooleanSupplier gone ? gone : () -> false;
  }
}
