package dev.darkroom.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.ledger.access.LinkSecretStore;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.row.LedgerJson;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LinkConfigurationTest {
  private static final String SECRET = "cGxlYXNlIG1ha2UgYSBzZWNyZXQgb2YgeW91ciBvd24=";

  private final ApplicationContextRunner gateway =
      new ApplicationContextRunner()
          .withBean(InstantSource.class, InstantSource::system)
          .withBean(JobQueries.class, LinkConfigurationTest::askedByNobody)
          .withBean(
              LinkSecretStore.class,
              () -> new LinkSecretStore(JdbcClient.create(new DriverManagerDataSource())))
          .withUserConfiguration(LinkConfiguration.class, SettingsOfLinks.class);

  @Test
  void open_access_knows_nothing_of_it() {
    gateway
        .withPropertyValues("darkroom.access.mode=open")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SignedLinks.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"too-short-a-secret", SECRET + ",short", SECRET + "," + SECRET + "," + SECRET})
  void required_access_does_not_start_with_a_bad_secret_and_does_not_print_it(String secrets) {
    gateway
        .withPropertyValues(
            "darkroom.access.mode=required", "darkroom.access.link-secret=" + secrets)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("darkroom.access.link-secret")
                .hasStackTraceContaining("openssl rand -base64 32")
                .message()
                .doesNotContain(SECRET, "too-short-a-secret"));
  }

  @Test
  void one_or_two_secrets_are_taken_and_never_shown() {
    for (var secrets : new String[] {SECRET, SECRET + "," + SECRET + "2"}) {
      gateway
          .withPropertyValues(
              "darkroom.access.mode=required", "darkroom.access.link-secret=" + secrets)
          .run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(SignedLinks.class);
            assertThat(context.getBean(LinkSettings.class).toString()).doesNotContain(SECRET);
          });
    }
  }

  private static JobQueries askedByNobody() {
    var nowhere = JdbcClient.create(new DriverManagerDataSource());
    return new JobQueries(nowhere, nowhere, new LedgerJson(JsonMapper.shared()));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(LinkSettings.class)
  static class SettingsOfLinks {}
}
