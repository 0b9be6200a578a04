package dev.darkroom.ledger.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://db:5432/darkroom?user=ada&password=p%40ss",
        "jdbc:postgresql://one:5432,two:5433/darkroom?targetServerType=primary",
        "jdbc:postgresql://[::1]:5432/darkroom",
        "jdbc:postgresql:darkroom"
      })
  void a_jdbc_url_is_taken_as_it_is(String url) {
    assertThat(DatabaseUrl.properties(url)).isEqualTo(Map.of("url", url));
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "postgres"})
  void a_uri_is_taken_apart(String scheme) {
    assertThat(DatabaseUrl.properties(scheme + "://ada:secret@db.example:5433/darkroom"))
        .isEqualTo(
            Map.of(
                "url", "jdbc:postgresql://db.example:5433/darkroom",
                "username", "ada",
                "password", "secret"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "postgresql://db/x jdbc:postgresql://db/x",
        "postgresql://db jdbc:postgresql://db/",
        "postgresql://[2001:db8::7]:5432/x jdbc:postgresql://[2001:db8::7]:5432/x",
        "postgresql://[::1]/x jdbc:postgresql://[::1]/x",
        "postgresql://supabase_db/x jdbc:postgresql://supabase_db/x",
        "postgresql://one:1,two:2/x jdbc:postgresql://one:1,two:2/x",
        "postgresql://db/x?sslmode=verify-full jdbc:postgresql://db/x?sslmode=verify-full",
        "postgresql://db/x?a=b&sslmode=require jdbc:postgresql://db/x?a=b&sslmode=require",
      })
  void host_port_and_parameters_are_kept(String uri, String url) {
    assertThat(DatabaseUrl.properties(uri)).isEqualTo(Map.of("url", url));
    assertThat(Driver.parseURL(url, null)).as("the driver understands it").isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "p%40%3A%2F%3F%23%25 p@:/?#%",
        "a+b a+b",
        "%F0%9F%A6%8A 🦊",
        "a:b a:b",
      })
  void the_login_is_percent_decoded(String encoded, String password) {
    assertThat(DatabaseUrl.properties("postgresql://postgres.ref:" + encoded + "@db/x"))
        .containsEntry("username", "postgres.ref")
        .containsEntry("password", password);
  }

  @Test
  void a_user_without_a_password_has_none() {
    assertThat(DatabaseUrl.properties("postgresql://ada@db/x"))
        .containsEntry("username", "ada")
        .doesNotContainKey("password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "mysql://ada:hunter2@db/x",
        "postgresql://ada:hunter2/@db/x",
        "postgresql://ada:12/hunter2@db/x",
        "postgresql://ada:12?hunter2@db/x",
        "postgresql://ada:hunter2@hunter2@db/x",
        "postgresql://ada:hunter2#@db/x",
        "postgresql://ada:hunter2%@db/x",
        "postgresql://ada:hunter2%zz@db/x",
        "postgresql://ada:hunter2@/x",
        "postgresql://ada:hunter2@db:port/x",
        "postgresql://ada:hunter2@d b/x",
        "jdbc:postgresql://ada:hunter2@db/x",
        "jdbc:postgresql://ada:hunter2@db",
        "jdbc:postgresql://db?password=hunter2",
        "jdbc:postgresql://db:hunter2/x",
        "jdbc:postgresql://db/x?password=hunter2%",
        "jdbc:postgresql://db/x?user=ada&password=100%hunter2",
        "jdbc:postgresql:x?password=hunter2%",
        "jdbc:postgresql://db:99999/x?password=hunter2",
        "postgresql://db/x?password=hunter2%",
      })
  void what_can_not_be_used_is_never_repeated(String url) {
    var problem = catchThrowable(() -> DatabaseUrl.properties(url));

    assertThat(problem)
        .isInstanceOf(InvalidDatabaseUrlException.class)
        .hasMessageStartingWith("DATABASE_URL is not usable: ");
    var all = new StringWriter();
    problem.printStackTrace(new PrintWriter(all, true));
    assertThat(all.toString()).doesNotContain("hunter2");
  }
}
