package dev.darkroom.ledger.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.darkroom.testservers.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DatabaseLoginCheckIT {
  private static final int SSL_REQUEST = 80877103;
  private static final String PREPARE_THRESHOLD =
      "spring.datasource.hikari.data-source-properties.prepareThreshold";

  @Test
  void a_login_that_is_right_is_taken_and_statements_may_be_prepared() {
    var database = TestServers.freshDatabase();

    var checked = check(database.jdbcUrl(), database.username(), database.password());

    assertThat(checked.getProperty(PREPARE_THRESHOLD)).isNull();
  }

  @Test
  void a_wrong_password_stops_the_start() {
    var database = TestServers.freshDatabase();

    assertThatThrownBy(() -> check(database.jdbcUrl(), database.username(), "not-it"))
        .isInstanceOf(InvalidDatabaseUrlException.class)
        .hasMessageContaining("DATABASE_URL")
        .hasMessageContaining("28P01")
        .hasMessageNotContaining("not-it");
  }

  @Test
  void so_does_a_database_that_does_not_exist() {
    var database = TestServers.freshDatabase();
    var url = database.jdbcUrl().replaceAll("/[^/?]+(\\?|$)", "/nowhere$1");

    assertThatThrownBy(() -> check(url, database.username(), database.password()))
        .isInstanceOf(InvalidDatabaseUrlException.class)
        .hasMessageContaining("3D000");
  }

  @Test
  void so_does_a_host_that_does_not_exist() {
    assertThatThrownBy(() -> check("jdbc:postgresql://no-such-host.invalid/db", "me", "secret"))
        .isInstanceOf(InvalidDatabaseUrlException.class)
        .hasMessageContaining("host name does not exist")
        .hasMessageNotContaining("secret");
  }

  @Test
  void the_login_of_the_migrations_is_tried_as_well() {
    var database = TestServers.freshDatabase();
    var environment =
        environment(
            Map.of(
                "spring.datasource.url", database.jdbcUrl(),
                "spring.datasource.username", database.username(),
                "spring.datasource.password", database.password(),
                "spring.flyway.url", database.jdbcUrl(),
                "spring.flyway.user", database.username(),
                "spring.flyway.password", "not-it"));

    assertThatThrownBy(() -> DatabaseLoginCheck.check(environment))
        .hasMessageStartingWith("SPRING_FLYWAY_USER is not usable");
  }

  @Test
  void a_server_that_is_away_is_waited_for_and_may_be_behind_a_pooler() throws IOException {
    int port;
    try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }

    var checked = check("jdbc:postgresql://127.0.0.1:" + port + "/db", "me", "secret");

    assertThat(checked.getProperty(PREPARE_THRESHOLD)).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource({
    "XX000, Tenant or user not found, true",
    "08P01, password authentication failed, true",
    "XX000, could not read block 7, false",
    "57P03, the database system is starting up, false",
    "53300, too many clients already, false",
  })
  void what_a_pooler_says_of_a_login_is_told_from_what_may_pass(
      String state, String words, boolean refused) throws Exception {
    try (var pooler = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerAll(pooler, state, words));
      var url = "jdbc:postgresql://127.0.0.1:" + pooler.getLocalPort() + "/db";

      var thrown = catchThrowable(() -> check(url, "me.ref", "secret"));

      assertThat(thrown instanceof InvalidDatabaseUrlException).isEqualTo(refused);
    }
  }

  private static void answerAll(ServerSocket pooler, String state, String words) {
    while (!pooler.isClosed()) {
      try (var client = pooler.accept()) {
        var in = new DataInputStream(client.getInputStream());
        var out = new DataOutputStream(client.getOutputStream());
        var length = in.readInt();
        if (in.readInt() == SSL_REQUEST) {
          out.write('N');
          length = in.readInt();
          in.readInt();
        }
        in.skipNBytes(length - 8);
        out.write(error(state, words));
        out.flush();
      } catch (IOException e) {
        // closed, or a client that hung up
      }
    }
  }

  private static byte[] error(String state, String words) throws IOException {
    var fields = "SFATAL\0VFATAL\0C%s\0M%s\0\0".formatted(state, words).getBytes(US_ASCII);
    var bytes = new ByteArrayOutputStream();
    var message = new DataOutputStream(bytes);
    message.write('E');
    message.writeInt(fields.length + 4);
    message.write(fields);
    return bytes.toByteArray();
  }

  private static Environment check(String url, String user, String password) {
    var environment =
        environment(
            Map.of(
                "spring.datasource.url", url,
                "spring.datasource.username", user,
                "spring.datasource.password", password,
                "spring.flyway.enabled", "false"));
    DatabaseLoginCheck.check(environment);
    return environment;
  }

  private static ConfigurableEnvironment environment(Map<String, Object> properties) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("given", properties));
    return environment;
  }
}
