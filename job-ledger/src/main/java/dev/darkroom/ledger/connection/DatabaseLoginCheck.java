package dev.darkroom.ledger.connection;

import java.net.UnknownHostException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Tries the login once before anything else does. A server that is away may come back, so the start
 * waits for it. A refused login or an unknown host stops the start with a clear sentence instead of
 * a minute of retries.
 */
public final class DatabaseLoginCheck {
  private static final Logger log = LoggerFactory.getLogger(DatabaseLoginCheck.class);

  /**
   * Wrong password, no entry in pg_hba.conf, no such database; and what the driver itself refuses:
   * no password given, no TLS to be had.
   */
  private static final Set<String> REFUSED = Set.of("28P01", "28000", "3D000", "08004");

  /** Poolers send other codes for the same failures. */
  private static final Pattern REFUSED_BY_POOLER =
      Pattern.compile(
          "password authentication failed|SASL authentication failed|no such (user|database)|(tenant|user).* not found",
          Pattern.CASE_INSENSITIVE);

  private static final Set<String> POOLER_STATES = Set.of("XX000", "08P01");

  private DatabaseLoginCheck() {}

  /** Tries the application's login and, where migrations run under another one, that as well. */
  public static void check(Environment environment) {
    var application =
        new DatabaseLogin("DATABASE_URL", "spring.datasource.", "username", environment);
    application.check();
    if (environment.containsProperty("spring.flyway.user")
        && environment.getProperty("spring.flyway.enabled", Boolean.class, true)) {
      var migrations =
          new DatabaseLogin("SPRING_FLYWAY_USER", "spring.flyway.", "user", environment);
      if (!migrations.isSameAs(application)) {
        migrations.check();
      }
    }
  }

  private record DatabaseLogin(
      String setting, @Nullable String url, @Nullable String user, @Nullable String password) {
    DatabaseLogin(String setting, String prefix, String userName, Environment environment) {
      this(
          setting,
          environment.getProperty(prefix + "url"),
          environment.getProperty(prefix + userName),
          environment.getProperty(prefix + "password"));
    }

    boolean isSameAs(DatabaseLogin other) {
      return Objects.equals(user, other.user) && Objects.equals(password, other.password);
    }

    void check() {
      if (url == null || !url.startsWith("jdbc:postgresql:")) {
        return;
      }
      try (var _ = DriverManager.getConnection(url, properties())) {
        log.debug("the database accepted the login");
      } catch (SQLException e) {
        refusal(e)
            .ifPresent(reason -> {
              throw new InvalidDatabaseUrlException(setting, reason);
            });
      }
    }

    private Properties properties() {
      var properties = new Properties();
      properties.setProperty("connectTimeout", "3");
      properties.setProperty("loginTimeout", "5");
      properties.setProperty("socketTimeout", "5");
      if (user != null) {
        properties.setProperty("user", user);
      }
      if (password != null) {
        properties.setProperty("password", password);
      }
      return properties;
    }
  }

  /** Empty if waiting may help. */
  private static Optional<String> refusal(SQLException failure) {
    var state = String.valueOf(failure.getSQLState());
    var words = String.valueOf(failure.getMessage());
    if (NestedExceptionUtils.getMostSpecificCause(failure) instanceof UnknownHostException) {
      return Optional.of("its host name does not exist");
    }
    var isRefused =
        REFUSED.contains(state)
            || (POOLER_STATES.contains(state) && REFUSED_BY_POOLER.matcher(words).find());
    return isRefused
        ? Optional.of("the database refused the login (%s): %s".formatted(state, words))
        : Optional.empty();
  }
}
