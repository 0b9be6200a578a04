package dev.darkroom.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ManagementAddressTest {
  @Test
  void health_and_metrics_are_on_loopback_where_nothing_is_said() {
    assertThat(prepared().getProperty("server.address")).isEqualTo("127.0.0.1");
  }

  @Test
  void the_environment_may_name_another_address() {
    var environment =
        prepared(
            new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Map.of("MANAGEMENT_SERVER_ADDRESS", "0.0.0.0", "MANAGEMENT_SERVER_PORT", "8081")));

    assertThat(environment.getProperty("server.address")).isEqualTo("0.0.0.0");
    assertThat(environment.getProperty("management.server.address")).isNull();
    assertThat(environment.getProperty("management.server.port")).isEqualTo("8081");
  }

  @Test
  void so_may_the_command_line() {
    var environment =
        prepared(
            new SimpleCommandLinePropertySource(
                "--management.server.address=127.0.0.2", "--server.port=0"));

    assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.2");
    assertThat(environment.getProperty("management.server.address")).isNull();
    assertThat(environment.getProperty("server.port")).isEqualTo("0");
  }

  @Test
  void an_address_of_the_server_itself_has_the_last_word() {
    var environment =
        prepared(
            new SimpleCommandLinePropertySource(
                "--management.server.address=0.0.0.0", "--server.address=127.0.0.1"));

    assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.1");
  }

  private static StandardEnvironment prepared(PropertySource<?>... given) {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    for (var source : given) {
      sources.addFirst(source);
    }
    sources.addLast(new MapPropertySource("defaultProperties", Map.of()));
    ConfigurationPropertySources.attach(environment);
    new ManagementAddress()
        .onApplicationEvent(
            new ApplicationEnvironmentPreparedEvent(
                new DefaultBootstrapContext(),
                new SpringApplication(),
                new String[0],
                environment));
    return environment;
  }
}
