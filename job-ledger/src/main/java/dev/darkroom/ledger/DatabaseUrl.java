package dev.darkroom.ledger;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads {@code DATABASE_URL}: a JDBC URL, or {@code
 * postgresql://user:password@host:port/database?…} as Supabase and libpq write it (<a
 * href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">URIs</a>).
 */
final class DatabaseUrl {
  private static final String JDBC = "jdbc:postgresql:";

  /**
   * Supabase's transaction pooler hands each transaction to another connection; prepared statements
   * don't follow.
   */
  private static final int TRANSACTION_POOLER = 6543;

  private DatabaseUrl() {}

  /**
   * The Spring Boot properties {@code url}, {@code username} and {@code password}, as far as they
   * are given.
   */
  static Map<String, String> properties(String text) {
    if (text.startsWith(JDBC)) {
      return Map.of("url", text);
    }
    if (!text.startsWith("postgresql://") && !text.startsWith("postgres://")) {
      throw new UnusableDatabaseUrl(
          "it starts neither with jdbc:postgresql: nor with postgresql://");
    }
    try {
      return fromUri(new URI(text));
    } catch (URISyntaxException e) {
      // the exception's message would repeat the URL, and with it the password
      throw new UnusableDatabaseUrl(
          "it is no URI (position %d: %s); characters like @ / # in the password are percent-encoded"
              .formatted(e.getIndex(), e.getReason()));
    }
  }

  private static Map<String, String> fromUri(URI uri) {
    if (uri.getHost() == null) {
      throw new UnusableDatabaseUrl(
          "it names no host; characters like @ / # in the password are percent-encoded");
    }
    var properties = new LinkedHashMap<String, String>();
    var port = uri.getPort() == -1 ? 5432 : uri.getPort();
    var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    var query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    if (port == TRANSACTION_POOLER && !query.contains("prepareThreshold")) {
      query += (query.isEmpty() ? "" : "&") + "prepareThreshold=0";
    }
    properties.put(
        "url",
        "jdbc:postgresql://%s:%d%s%s"
            .formatted(uri.getHost(), port, path, query.isEmpty() ? "" : "?" + query));
    var login = uri.getRawUserInfo();
    if (login != null) {
      var colon = login.indexOf(':');
      properties.put("username", decode(colon < 0 ? login : login.substring(0, colon)));
      if (colon >= 0) {
        properties.put("password", decode(login.substring(colon + 1)));
      }
    }
    return properties;
  }

  private static String decode(String text) {
    // in a URI's user info a plus is a plus, which URLDecoder would turn into a blank
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
