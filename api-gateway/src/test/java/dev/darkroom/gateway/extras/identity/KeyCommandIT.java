package dev.darkroom.gateway.extras.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.ledger.access.AccessKeyText;
import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyCommandIT {
  private static final String KEY = "dk_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}";

  /** What a run has printed, and its exit code. */
  private record CommandRun(int code, String out, String err) {
    static CommandRun of(TestDatabase database, String... arguments) {
      var all = new ArrayList<>(List.of(arguments));
      all.add("--spring.datasource.url=" + database.jdbcUrl());
      all.add("--spring.datasource.username=" + database.username());
      all.add("--spring.datasource.password=" + database.password());
      return of(all);
    }

    static CommandRun of(List<String> arguments) {
      var out = new ByteArrayOutputStream();
      var err = new ByteArrayOutputStream();
      var command =
          new KeyCommand(
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      var code = command.answer(arguments);
      return new CommandRun(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void keys_are_made_listed_and_revoked_beside_a_gateway_that_then_knows_them() {
    var database = TestServers.freshDatabase();
    assertThat(CommandRun.of(database, "list").err()).contains("Start a gateway once");
    try (var gateway =
        RunningGateway.start(database, TestServers.kafka(), "--darkroom.access.mode=required")) {
      var created =
          CommandRun.of(
              database,
              "create",
              "--owner=shop",
              "--scopes=generate,read",
              "--expires=30d",
              "--requests-per-second=5");
      assertThat(created.code()).as(created.err()).isZero();
      assertThat(created.out().strip())
          .matches(KEY); // and nothing else: KEY=$(java … keys create …)
      assertThat(created.err()).contains("only time", "shop");
      var key = created.out().strip();
      assertThat(gateway.get("/api/logs", "Authorization", "Bearer " + key).status())
          .isEqualTo(200);

      var id = AccessKeyText.parse(key).orElseThrow().id();
      var listed = CommandRun.of(database, "list", "--owner=shop");
      assertThat(listed.out()).contains(id, "generate,read", "expires").doesNotContain(key);
      assertThat(CommandRun.of(database, "list", "--owner=other").out()).isEmpty();

      assertThat(CommandRun.of(database, "revoke", "000000000000").code()).isEqualTo(1);
      assertThat(CommandRun.of(database, "revoke", key).code()).isZero();
      assertThat(CommandRun.of(database, "revoke", id).code()).isZero();
      assertThat(CommandRun.of(database, "list").out()).contains("revoked");

      var operator = CommandRun.of(database, "create", "--owner=ops", "--scopes=operate");
      var audit =
          gateway.get(
              "/api/audit?target=key:" + id, "Authorization", "Bearer " + operator.out().strip());
      assertThat(audit.json().get("entries").findValuesAsString("action"))
          .containsExactly("key_revoke", "key_create");
      assertThat(audit.text("/entries/1/actor")).startsWith("command:");
      assertThat(audit.text("/entries/1/owner")).isEqualTo("shop");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "burn",
        "create",
        "create --owner=a",
        "create --owner= --scopes=read",
        "create --owner=a --scopes=write",
        "create --owner=a --scopes=,read",
        "create --owner=a --scopes=read --expires=soon",
        "create --owner=a --scopes=read --expires=-1d",
        "create --owner=a --scopes=read --weight=101",
        "create --owner=a --scopes=read --open-jobs=x",
        "create --owner=a --scopes=read --expire=1d",
        "list all",
        "revoke",
        "revoke a b"
      })
  void what_is_not_understood_changes_nothing_and_shows_the_usage(String arguments) {
    var run = CommandRun.of(arguments.isEmpty() ? List.of() : List.of(arguments.split(" ")));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("keys create --owner");
  }

  @Test
  void a_database_that_does_not_answer_is_said_in_a_sentence() {
    var run =
        CommandRun.of(
            List.of("list", "--spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isNotBlank().doesNotContain("\tat ");
  }
}
