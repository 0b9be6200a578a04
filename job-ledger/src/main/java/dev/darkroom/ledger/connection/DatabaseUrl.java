package dev.darkroom.ledger.connection;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code DATABASE_URL}: a JDBC URL, or {@code
 * postgresql://user:password@host:port/database?…} as Supabase and libpq write it (<a
 * href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">URIs</a>).
 *
 * <p>No message and no cause repeats the URL, because it holds a password. That is also why a JDBC
 * URL is checked before the driver sees it, which would log one that it can't parse.
 */
final class DatabaseUrl {
  private static final String JDBC = "jdbc:postgresql:";
  private static final String ENCODE =
      "; percent-encode characters like @ : / ? # in the user name and password";

  /** {@link java.net.URI} would refuse hosts like {@code supabase_db}, which containers have. */
  private static final Pattern URI =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]*)(?<path>/[^@?#]*)?(?:\\?(?<query>[^@#]*))?");

  private static final Pattern JDBC_HOSTS =
      Pattern.compile("//(?<hosts>[^/?]*)(?<path>(?<slash>/?).*)");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[[0-9a-fA-F:.%]+]|[^\\[\\]:@\\s]+)(?::(?<port>\\d{1,5}))?");

  private static final Pattern BAD_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
  private static final int LAST_PORT = 65_535;

  private DatabaseUrl() {}

  /** The Spring Boot properties {@code url}, {@code username} and {@code password}, if given. */
  static Map<String, String> properties(String text) {
    if (text.startsWith(JDBC)) {
      return Map.of("url", fromJdbc(text));
    }
    if (!text.startsWith("postgresql://") && !text.startsWith("postgres://")) {
      throw new InvalidDatabaseUrlException("it must start with jdbc:postgresql: or postgresql://");
    }
    return fromUri(text);
  }

  private static String fromJdbc(String url) {
    var rest = JDBC_HOSTS.matcher(url.substring(JDBC.length()));
    if (!rest.matches()) {
      requirePercents(url);
      return url; // jdbc:postgresql:database, on this machine
    }
    if (rest.group("hosts").contains("@")) {
      throw new InvalidDatabaseUrlException(
          "a JDBC URL has the login in parameters, ?user=…&password=…, not before an @");
    }
    if (rest.group("slash").isEmpty()) {
      throw new InvalidDatabaseUrlException("it has no / after the host");
    }
    requireAddresses(rest.group("hosts"));
    requirePercents(rest.group("path"));
    return url;
  }

  private static Map<String, String> fromUri(String text) {
    var uri = URI.matcher(text);
    if (!uri.matches()) {
      throw new InvalidDatabaseUrlException("it is not a valid postgresql:// URL" + ENCODE);
    }
    var path = uri.group("path") == null ? "/" : uri.group("path");
    var query = uri.group("query") == null ? "" : "?" + uri.group("query");
    requireAddresses(uri.group("hosts"));
    requirePercents(path + query);
    var properties = new HashMap<String, String>();
    properties.put("url", JDBC + "//" + uri.group("hosts") + path + query);
    addLogin(uri.group("login"), properties);
    return properties;
  }

  private static void addLogin(@Nullable String login, Map<String, String> properties) {
    if (login != null) {
      var colon = login.indexOf(':');
      properties.put("username", decode(colon < 0 ? login : login.substring(0, colon)));
      if (colon >= 0) {
        properties.put("password", decode(login.substring(colon + 1)));
      }
    }
  }

  private static void requireAddresses(String hosts) {
    if (!Stream.of(hosts.split(",", -1)).allMatch(DatabaseUrl::isAddress)) {
      throw new InvalidDatabaseUrlException("its host or port is not valid" + ENCODE);
    }
  }

  private static boolean isAddress(String host) {
    var address = ADDRESS.matcher(host);
    if (!address.matches()) {
      return false;
    }
    var port = address.group("port");
    return port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) <= LAST_PORT);
  }

  private static void requirePercents(String text) {
    if (BAD_PERCENT.matcher(text).find()) {
      throw new InvalidDatabaseUrlException(
          "a % in its parameters must be followed by two hexadecimal digits");
    }
  }

  private static String decode(String text) {
    try {
      // in a URI's user info a plus is a plus, which URLDecoder would turn into a blank
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidDatabaseUrlException(
          "a % in the login must be followed by two hexadecimal digits");
    }
  }
}
