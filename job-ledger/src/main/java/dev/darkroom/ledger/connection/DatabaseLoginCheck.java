package dev.darkroom.ledger.connection;

import java.net.UnknownHostException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.dao.DataAccessException;

/**
 * Tries the login once before anything else does. A server that is away may come back, so the start
 * waits for it. A refused login or an unknown host stops the start with a clear sentence instead of
 * a minute of retries.
 *
 * <p>It also asks what is at the other end: behind a pooler in transaction mode, statements must
 * not be prepared on the server, for the next transaction runs on another connection. Where that
 * can't be found out, none are prepared until the next start, which is slower and always works.
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

  private static final Map<String, Object> PREPARE_NOTHING =
      Map.of("spring.datasource.hikari.data-source-properties.prepareThreshold", "0");

  private DatabaseLoginCheck() {}

  /**
   * Tries the application's login and, where migrations run under another one, that as well.
   *
   * @param environment gets the pool's {@code prepareThreshold}, unless statements may be prepared
   */
  public static void check(ConfigurableEnvironment environment) {
    var application =
        new DatabaseLogin("DATABASE_URL", "spring.datasource.", "username", environment);
    if (!application.mayPrepareStatements()) {
      environment
          .getPropertySources()
          .addLast(new MapPropertySource("prepareThreshold", PREPARE_NOTHING));
    }
    if (environment.containsProperty("spring.flyway.user")
        && environment.getProperty("spring.flyway.enabled", Boolean.class, true)) {
      var migrations =
          new DatabaseLogin("SPRING_FLYWAY_USER", "spring.flyway.", "user", environment);
      if (!migrations.isSameAs(application)) {
        migrations.mayPrepareStatements();
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

    /** Logs in twice, for the probe. */
    boolean mayPrepareStatements() {
      if (url == null || !url.startsWith("jdbc:postgresql:")) {
        return true;
      }
      try (var one = DriverManager.getConnection(url, properties());
          var other = DriverManager.getConnection(url, properties())) {
        if (!PoolerProbe.isTransactionPooler(one, other)) {
          return true;
        }
        log.info(
            "the database is behind a pooler in transaction mode; statements are not prepared on the server");
      } catch (SQLException e) {
        refusal(e)
            .ifPresent(reason -> {
              throw new InvalidDatabaseUrlException(setting, reason);
            });
        unknown(e);
      } catch (DataAccessException e) {
        unknown(e);
      }
      return false;
    }

    private static void unknown(Exception e) {
      log.atInfo()
          .addKeyValue("reason", String.valueOf(e.getMessage()))
          .log(
              "could not find out whether a pooler is in between; statements are not prepared on the server until the next start");
    }

    private Properties properties() {
      var properties = new Properties();
      properties.setProperty("connectTimeout", "3");
      properties.setProperty("prepareThreshold", "0");
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
