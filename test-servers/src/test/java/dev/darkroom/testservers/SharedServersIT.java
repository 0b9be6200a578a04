package dev.darkroom.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SharedServersIT {
  @Test
  void everybody_gets_the_same_servers_and_a_fresh_database_is_nobody_elses() throws Exception {
    assertThat(TestServers.postgres()).isEqualTo(TestServers.postgres());
    assertThat(TestServers.kafka()).isEqualTo(TestServers.kafka());

    TestDatabase fresh = TestServers.freshDatabase();
    assertThat(fresh)
        .isNotEqualTo(TestServers.freshDatabase())
        .isNotEqualTo(TestServers.postgres());
    try (var connection =
        DriverManager.getConnection(fresh.jdbcUrl(), fresh.username(), fresh.password())) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void a_misspelt_wish_says_what_it_should_be() {
    assertThatThrownBy(() -> TestServers.choose("docker"))
        .hasMessage("darkroom.test.servers is 'docker', but should be containers or embedded");
  }
}
