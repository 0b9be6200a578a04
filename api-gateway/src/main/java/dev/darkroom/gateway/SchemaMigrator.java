package dev.darkroom.gateway;

import dev.darkroom.ledger.connection.MigrationDataSource;
import dev.darkroom.ledger.connection.PublicLog;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;

/**
 * Migrates, and retries as long as another session holds a lock that a migration needs. Between two
 * tries no session waits behind the migration. A migration that was cut short was rolled back.
 */
@Component
final class SchemaMigrator implements FlywayMigrationStrategy {
  private static final Logger log = LoggerFactory.getLogger(SchemaMigrator.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /** {@code lock_not_available} and {@code deadlock_detected}. */
  private static final Set<String> LOCKED = Set.of("55P03", "40P01");

  /** Flyway's own lock, which lets only one gateway migrate; it has no error code. */
  private static final String FLYWAYS_LOCK = "advisory lock";

  private final PublicLogSettings publicLog;

  SchemaMigrator(PublicLogSettings publicLog) {
    this.publicLog = publicLog;
  }

  /**
   * Who reads the log past the gateway.
   *
   * @param publicLog whether the database lets {@code anon} read every step
   */
  @Validated
  @ConfigurationProperties("darkroom.access")
  record PublicLogSettings(@DefaultValue("false") boolean publicLog) {}

  @Override
  public void migrate(Flyway flyway) {
    var connections = new MigrationDataSource(flyway.getConfiguration().getDataSource());
    var fitted = fitted(flyway, connections);
    var stopped = new CountDownLatch(1);
    var hook = Thread.ofPlatform().unstarted(stopped::countDown);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      migrateUnlocked(fitted, connections, stopped);
    } finally {
      if (stopped.getCount() > 0) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  /** Flyway's lock belongs to a session, which a pooler in transaction mode does not keep. */
  private Flyway fitted(Flyway flyway, MigrationDataSource connections) {
    var configuration =
        Flyway.configure(flyway.getConfiguration().getClassLoader())
            .configuration(flyway.getConfiguration())
            .dataSource(connections)
            .callbacks(new LockTimeout(), new LogOpener(publicLog.publicLog()));
    if (connections.areThroughTransactionPooler()) {
      log.warn(
          "migrations run through a pooler in transaction mode, where building an index"
              + " concurrently would hang; set SPRING_FLYWAY_URL to a direct address");
      configuration
          .getPluginRegister()
          .getExact(PostgreSQLConfigurationExtension.class)
          .setTransactionalLock(true);
    }
    return configuration.load();
  }

  private static void migrateUnlocked(
      Flyway flyway, MigrationDataSource connections, CountDownLatch stopped) {
    for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
      try {
        var result = flyway.migrate();
        if (result.migrationsExecuted > 0) {
          log.atInfo()
              .addKeyValue("migrations", result.migrationsExecuted)
              .addKeyValue("version", result.targetSchemaVersion)
              .log("the schema is up to date");
        }
        return;
      } catch (FlywayException e) {
        if (!isLocked(e)) {
          throw e;
        }
        log.atWarn()
            .addKeyValue("held_by", connections.lockHolder())
            .addKeyValue("again_in", pause)
            .log(
                "migrations wait for a lock, and this gateway with them; retrying until the lock is"
                    + " released");
        if (isStopped(stopped, pause)) {
          throw e;
        }
        removeFailed(flyway);
      }
    }
  }

  /** A migration outside of a transaction leaves a failed entry, which would stop the next try. */
  private static void removeFailed(Flyway flyway) {
    if (Arrays.stream(flyway.info().all()).anyMatch(each -> each.getState().isFailed())) {
      flyway.repair();
    }
  }

  private static boolean isLocked(FlywayException e) {
    var cause = NestedExceptionUtils.getMostSpecificCause(e);
    return cause instanceof SQLException sql
        ? LOCKED.contains(String.valueOf(sql.getSQLState()))
        : String.valueOf(cause.getMessage()).contains(FLYWAYS_LOCK);
  }

  private static boolean isStopped(CountDownLatch stopped, Duration pause) {
    try {
      return stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static Duration longer(Duration pause) {
    var twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /**
   * Lets a migration wait only briefly for a table's lock: while it waits behind a reader, all
   * other sessions wait behind it. Applies to its transaction; {@code create index concurrently}
   * and the like wait as long as they have to, and no session waits behind them.
   */
  private static final class LockTimeout extends BaseCallback {
    @Override
    public boolean supports(Event event, Context context) {
      return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
      MigrationDataSource.limitLockWaits(context.getConnection());
    }
  }

  /** Opens or closes the log to everybody, also where there was nothing to migrate. */
  private static final class LogOpener extends BaseCallback {
    private final boolean open;

    LogOpener(boolean open) {
      this.open = open;
    }

    @Override
    public boolean supports(Event event, Context context) {
      return event == Event.AFTER_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
      if (open) {
        PublicLog.open(context.getConnection());
        log.warn(
            "darkroom.access.public-log is on: everybody who reaches the database's API reads all"
                + " prompts");
      } else {
        PublicLog.close(context.getConnection());
      }
    }
  }

  /** Tells what to do about a database of another version, instead of a list of checksums. */
  static final class OtherSchemaFailureAnalyzer
      extends AbstractFailureAnalyzer<FlywayValidateException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, FlywayValidateException other) {
      return new FailureAnalysis(
          "The database was migrated by another version of Darkroom, and this one can't continue"
              + " from there.",
          "Use the version that migrated it. Migrations were written anew before the first release;"
              + " if its jobs are not needed, start with an empty database, the local stack with"
              + " -Dspring-boot.run.arguments=--fresh.",
          other);
    }
  }
}
