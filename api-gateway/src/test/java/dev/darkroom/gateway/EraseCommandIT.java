package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.testservers.TestDatabase;
import dev.darkroom.testservers.TestServers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar api-gateway.jar erase …}, where no gateway runs any more. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class EraseCommandIT {
  private final TestDatabase database = TestServers.freshDatabase();
  @TempDir private Path pictures;

  @Test
  void a_user_is_erased_without_a_gateway() {
    String job;
    try (var gateway = start()) {
      job = gateway.post("{\"prompt\":\"a hidden place\",\"userId\":\"dora\"}").text("/requestId");
    }

    assertThat(run("--user=dora", "--dry-run")).isZero();
    assertThat(run("--user=dora", "--reason=Asked.")).isZero();

    try (var gateway = start()) {
      var erased = gateway.get("/api/generate/" + job);
      assertThat(erased.text("/error/code")).isEqualTo("cancelled");
      assertThat(erased.text("/metadata/prompt")).isEqualTo("[erased]");
      assertThat(gateway.get("/api/generate?userId=dora").json().get("jobs")).isEmpty();
      var audit = gateway.get("/api/audit?action=erase");
      assertThat(audit.json().get("entries")).hasSize(1);
      assertThat(audit.text("/entries/0/actor")).startsWith("command:");
    }
  }

  @Test
  void a_command_that_names_nobody_or_is_misspelt_does_nothing() {
    start().close();

    assertThat(run()).isEqualTo(2);
    assertThat(run("--user=")).isEqualTo(2);
    assertThat(run("--user=dora", "--dryrun")).isEqualTo(2);
  }

  @Test
  void another_word_is_no_command() {
    assertThat(GatewayCommand.named("--user=dora")).isEmpty();
    assertThat(GatewayCommand.named("burn")).isEmpty();
  }

  private RunningGateway start() {
    return RunningGateway.start(
        database, TestServers.kafka(), "--darkroom.picture.dir=" + pictures);
  }

  private int run(String... options) {
    var arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of(
            "--spring.datasource.url=" + database.jdbcUrl(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password(),
            "--darkroom.picture.dir=" + pictures));
    return GatewayCommand.named("erase").orElseThrow().run(arguments);
  }
}
