package dev.darkroom.gateway.extras.identity;

import dev.darkroom.gateway.GatewayApplication;
import dev.darkroom.gateway.GatewayCommand;
import dev.darkroom.gateway.access.AuditTrail;
import dev.darkroom.gateway.extras.identity.KeyArguments.Create;
import dev.darkroom.gateway.extras.identity.KeyArguments.ListAll;
import dev.darkroom.gateway.extras.identity.KeyArguments.Revoke;
import dev.darkroom.gateway.extras.identity.KeyArguments.Wrong;
import dev.darkroom.ledger.access.AccessKey;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.AccessKeyConfiguration;
import dev.darkroom.ledger.access.AccessKeyStore;
import dev.darkroom.ledger.access.AccessKeyText;
import dev.darkroom.ledger.audit.AuditAction;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
final class KeyCommand implements GatewayCommand {
  /** Nothing but the key is in its output. It holds for the whole process. */
  private static final String NO_LOG = "--logging.threshold.console=off";

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final int MOST_LISTED = 10_000;

  private final PrintStream out;
  private final PrintStream err;

  KeyCommand() {
    this(System.out, System.err);
  }

  KeyCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public String name() {
    return "keys";
  }

  @Override
  public int run(List<String> arguments) {
    return answer(Stream.concat(arguments.stream(), Stream.of(NO_LOG)).toList());
  }

  /** The same in a process that goes on to log. */
  int answer(List<String> arguments) {
    var asked = KeyArguments.parse(arguments);
    if (asked instanceof Wrong(var reason)) {
      err.println(reason);
      err.print(KeyArguments.USAGE);
      return MISUSED;
    }
    try (var application =
        GatewayApplication.ofCommand(KeyCommandParts.class, settings(arguments))) {
      return answer(
          asked, application.getBean(AccessKeyStore.class), application.getBean(Clock.class));
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

  /** Those of the caller, and what a command needs: few connections. */
  private static List<String> settings(List<String> arguments) {
    return Stream.concat(
            arguments.stream().filter(KeyArguments::isSetting),
            Stream.of(
                "--spring.datasource.hikari.minimum-idle=0",
                "--spring.datasource.hikari.maximum-pool-size=1"))
        .toList();
  }

  private int answer(KeyArguments asked, AccessKeyStore store, Clock clock) {
    return switch (asked) {
      case Create create -> create(create.key(clock.instant()), store);
      case ListAll(var owner) -> list(store.list(owner, MOST_LISTED), clock.instant());
      case Revoke(var id) -> revoke(id, store);
      case Wrong _ -> MISUSED;
    };
  }

  private int create(NewAccessKey asked, AccessKeyStore store) {
    var created = store.create(asked, AuditTrail.ofCommand(AuditAction.KEY_CREATE, "key"));
    out.println(created.text().text());
    err.printf(
        "This is the only time that the key is shown. It is of %s, for %s, %s.%n",
        created.key().owner(), words(created.key()), expiry(created.key()));
    return OK;
  }

  private int list(List<AccessKey> keys, Instant now) {
    keys.forEach(key ->
        out.printf(
            "%s  %s  %s  created %s by %s, %s, %s%n",
            key.id(),
            key.owner(),
            words(key),
            key.createdAt(),
            key.createdBy(),
            key.lastUsedAt() == null ? "never used" : "last used " + key.lastUsedAt(),
            state(key, now)));
    err.printf("%d keys%n", keys.size());
    return OK;
  }

  private int revoke(String named, AccessKeyStore store) {
    var id = AccessKeyText.parse(named).map(AccessKeyText::id).orElse(named);
    var revoked = store.revoke(id, AuditTrail.ofCommand(AuditAction.KEY_REVOKE, "key"));
    err.println(
        revoked.isPresent()
            ? "Revoked; gateways refuse it within 30 seconds."
            : "There is no such key. The list shows ids: keys list.");
    return revoked.isPresent() ? OK : FAILED;
  }

  private static String state(AccessKey key, Instant now) {
    if (key.isRevoked()) {
      return "revoked %s by %s".formatted(key.revokedAt(), key.revokedBy());
    }
    return key.isExpired(now) ? "expired " + key.expiresAt() : expiry(key);
  }

  private static String expiry(AccessKey key) {
    Instant at = key.expiresAt();
    return at == null ? "never expires" : "expires " + at;
  }

  private static String words(AccessKey key) {
    return key.scopes().stream().sorted().collect(Collectors.joining(","));
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
