package dev.darkroom.gateway.command;

import dev.darkroom.gateway.command.KeyArguments.Create;
import dev.darkroom.gateway.command.KeyArguments.ListAll;
import dev.darkroom.gateway.command.KeyArguments.Revoke;
import dev.darkroom.gateway.command.KeyArguments.Wrong;
import dev.darkroom.ledger.access.AccessKey;
import dev.darkroom.ledger.access.AccessKeyConfiguration;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.access.AccessKeyText;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.BadSqlGrammarException;

/**
 * Makes, lists and revokes API keys: {@code java -jar api-gateway.jar keys …}. Of the gateway it
 * has the database and its settings alone. A new key is all that it prints to its standard output.
 */
public final class KeyCommand {
  /** The first argument, by which it is told from a start of the gateway. */
  public static final String NAME = "keys";

  /** Nothing but the key is in its output. It holds for the whole process. */
  private static final String NO_LOG = "--logging.threshold.console=off";

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final int MOST_LISTED = 10_000;

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;

  KeyCommand(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /**
   * Runs it.
   *
   * @param arguments those after the name
   * @return the exit code
   */
  public static int run(List<String> arguments, Clock clock) {
    var withoutLog = Stream.concat(arguments.stream(), Stream.of(NO_LOG)).toList();
    return new KeyCommand(System.out, System.err, clock).run(withoutLog);
  }

  int run(List<String> arguments) {
    var asked = KeyArguments.parse(arguments);
    if (asked instanceof Wrong(var reason)) {
      err.println(reason);
      err.print(KeyArguments.USAGE);
      return MISUSED;
    }
    try (var context = application().run(settings(arguments))) {
      return run(asked, context.getBean(AccessKeyStore.class));
    } catch (BadSqlGrammarException e) {
      err.println(
          "The database has no table of keys yet, or this login may not use it. Start a gateway"
              + " once, which migrates.");
      return FAILED;
    } catch (RuntimeException e) {
      err.println(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
      return FAILED;
    }
  }

  private static SpringApplication application() {
    var application = new SpringApplication(KeyCommandParts.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setRegisterShutdownHook(false);
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("spring.config.name", "application,api-gateway");
    application.setDefaultProperties(defaults);
    return application;
  }

  /** Those of the caller, and what a command needs: few connections. */
  private static String[] settings(List<String> arguments) {
    var all = arguments.stream().filter(KeyArguments::isSetting).collect(Collectors.toList());
    all.addAll(
        List.of(
            "--spring.main.banner-mode=off",
            "--spring.main.keep-alive=false",
            "--spring.datasource.hikari.minimum-idle=0",
            "--spring.datasource.hikari.maximum-pool-size=1"));
    return all.toArray(String[]::new);
  }

  private int run(KeyArguments asked, AccessKeyStore store) {
    return switch (asked) {
      case Create create -> create(create, store);
      case ListAll(var owner) -> list(owner, store);
      case Revoke(var id) -> revoke(id, store);
      case Wrong _ -> MISUSED;
    };
  }

  private int create(Create asked, AccessKeyStore store) {
    var created = store.create(asked.key(clock.instant(), maker()));
    out.println(created.text().text());
    err.printf(
        "This is the only time that the key is shown. It is of %s, for %s, %s.%n",
        created.key().owner(), words(created.key()), expiry(created.key()));
    return OK;
  }

  private int list(@Nullable String owner, AccessKeyStore store) {
    var keys = store.list(owner, MOST_LISTED);
    keys.forEach(key ->
        out.printf(
            "%s  %s  %s  created %s by %s, %s%n",
            key.id(), key.owner(), words(key), key.createdAt(), key.createdBy(), state(key)));
    err.printf("%d keys%n", keys.size());
    return OK;
  }

  private int revoke(String named, AccessKeyStore store) {
    var id = AccessKeyText.parse(named).map(AccessKeyText::id).orElse(named);
    var revoked = store.revoke(id, maker());
    err.println(
        revoked.isPresent()
            ? "Revoked; gateways refuse it within 30 seconds."
            : "There is no such key. The list shows ids: keys list.");
    return revoked.isPresent() ? OK : FAILED;
  }

  private String state(AccessKey key) {
    if (key.isRevoked()) {
      return "revoked %s by %s".formatted(key.revokedAt(), key.revokedBy());
    }
    return key.isExpired(clock.instant()) ? "expired " + key.expiresAt() : expiry(key);
  }

  private static String expiry(AccessKey key) {
    Instant at = key.expiresAt();
    return at == null ? "never expires" : "expires " + at;
  }

  private static String words(AccessKey key) {
    return key.scopes().stream().sorted().collect(Collectors.joining(","));
  }

  /** As the audit names whoever runs the command. */
  private static String maker() {
    return "command:"
        + Optional.ofNullable(System.getProperty("user.name"))
            .filter(Predicate.not(String::isBlank))
            .orElse("unknown");
  }

  /** Is named by the application alone; no scan may find it. */
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class
  })
  @Import(AccessKeyConfiguration.class)
  static class KeyCommandParts {}
}
