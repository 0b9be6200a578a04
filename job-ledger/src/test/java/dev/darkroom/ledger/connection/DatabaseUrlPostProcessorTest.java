package dev.darkroom.ledger.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class DatabaseUrlPostProcessorTest {

  @Test
  void pool_and_flyway_get_the_same_login() {
    var environment =
        read(Map.of("DATABASE_URL", " postgresql://ada:p%40ss@db/darkroom?sslmode=require\n"));

    var url = "jdbc:postgresql://db/darkroom?sslmode=require";
    assertThat(environment.getProperty("spring.datasource.url")).isEqualTo(url);
    assertThat(environment.getProperty("spring.datasource.username")).isEqualTo("ada");
    assertThat(environment.getProperty("spring.datasource.password")).isEqualTo("p@ss");
    assertThat(environment.getProperty("spring.flyway.url")).isEqualTo(url);
    assertThat(environment.getProperty("spring.flyway.user")).isEqualTo("ada");
    assertThat(environment.getProperty("spring.flyway.password")).isEqualTo("p@ss");
  }

  @Test
  void flyway_may_have_another_login() {
    var environment =
        read(
            Map.of(
                "DATABASE_URL", "postgresql://app:one@db/darkroom",
                "spring.flyway.user", "owner",
                "spring.flyway.password", "two"));

    assertThat(environment.getProperty("spring.datasource.username")).isEqualTo("app");
    assertThat(environment.getProperty("spring.flyway.user")).isEqualTo("owner");
    assertThat(environment.getProperty("spring.flyway.password")).isEqualTo("two");
  }

  @Test
  void a_data_source_that_is_said_outright_mixes_with_nothing() {
    var environment =
        read(
            Map.of(
                "DATABASE_URL", "postgresql://ada:secret@db/darkroom",
                "spring.datasource.url", "jdbc:postgresql://other/darkroom"));

    assertThat(environment.getProperty("spring.datasource.url"))
        .isEqualTo("jdbc:postgresql://other/darkroom");
    assertThat(environment.getProperty("spring.datasource.username")).isNull();
    assertThat(environment.getProperty("spring.flyway.user")).isNull();
  }

  @Test
  void flyway_has_connections_of_its_own_also_where_the_data_source_is_said_outright() {
    var environment =
        read(
            Map.of(
                "spring.datasource.url", "jdbc:postgresql://other/darkroom",
                "spring.datasource.username", "ada",
                "spring.datasource.password", "secret"));

    assertThat(environment.getProperty("spring.flyway.url"))
        .as("without the pool's socket timeout, which would cut long migrations")
        .isEqualTo("jdbc:postgresql://other/darkroom");
    assertThat(environment.getProperty("spring.flyway.user")).isEqualTo("ada");
    assertThat(environment.getProperty("spring.flyway.password")).isEqualTo("secret");
  }

  @Test
  void a_database_that_is_named_for_flyway_keeps_its_own_login() {
    var environment =
        read(
            Map.of(
                "spring.datasource.url", "jdbc:postgresql://other/darkroom",
                "spring.datasource.username", "ada",
                "spring.flyway.url", "jdbc:postgresql://direct/darkroom",
                "spring.flyway.user", "owner"));

    assertThat(environment.getProperty("spring.flyway.url"))
        .isEqualTo("jdbc:postgresql://direct/darkroom");
    assertThat(environment.getProperty("spring.flyway.user")).isEqualTo("owner");
    assertThat(environment.getProperty("spring.flyway.password")).isNull();
  }

  @Test
  void without_a_database_the_start_says_what_to_set(CapturedOutput output) {
    assertThatThrownBy(() -> start("--DATABASE_URL="))
        .isInstanceOf(InvalidDatabaseUrlException.class);

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("DATABASE_URL is not usable: it is not set.")
        .contains("Set DATABASE_URL to jdbc:postgresql://host:port/database?user=…&password=…");
  }

  @Test
  void a_start_that_fails_shows_no_password(CapturedOutput output) {
    assertThatThrownBy(() -> start("--DATABASE_URL=postgresql://ada:hunter2/@db/x"))
        .isInstanceOf(InvalidDatabaseUrlException.class);

    assertThat(output).contains("it is not a valid postgresql:// URL").doesNotContain("hunter2");
  }

  private static void start(String argument) {
    var application = new SpringApplication(NoBeans.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.run(argument).close();
  }

  private static StandardEnvironment read(Map<String, Object> properties) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    new DatabaseUrlPostProcessor().postProcessEnvironment(environment, new SpringApplication());
    return environment;
  }

  @Configuration(proxyBeanMethods = false)
  static class NoBeans {}
}
