package dev.darkroom.gateway.http.server;

import dev.darkroom.gateway.http.ReplyId;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives every reply its id, also those that Tomcat makes before any servlet. */
final class ReplyIdValve extends ValveBase {
  ReplyIdValve() {
    super(true); // supports async requests
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    ReplyId.giveTo(request, response);
    getNext().invoke(request, response);
  }
}
