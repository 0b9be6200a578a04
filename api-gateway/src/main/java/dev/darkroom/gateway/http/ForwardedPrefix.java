package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path below which a trusted proxy serves the gateway, such as {@code /darkroom}. The proxy
 * takes it off the path of a request and names it in {@code X-Forwarded-Prefix}; links in the reply
 * begin with it.
 */
public final class ForwardedPrefix {
  private static final String ATTRIBUTE = ForwardedPrefix.class.getName();
  private static final int LONGEST = 256;

  /** Segments of unreserved characters (RFC 3986), so that it is safe in HTML, YAML and headers. */
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");

  private ForwardedPrefix() {}

  /** Without a slash at its end; empty where the gateway has a host to itself. */
  public static String of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof String prefix ? prefix : "";
  }

  /** The prefix that a header names; empty where it names none, or what is no plain path. */
  public static Optional<String> parse(String header) {
    var path = header.endsWith("/") ? header.substring(0, header.length() - 1) : header;
    return path.length() <= LONGEST && PATH.matcher(path).matches()
        ? Optional.of(path)
        : Optional.empty();
  }

  /** For whoever knows that the header is a trusted proxy's. */
  public static void isOf(HttpServletRequest request, String prefix) {
    request.setAttribute(ATTRIBUTE, prefix);
  }
}
