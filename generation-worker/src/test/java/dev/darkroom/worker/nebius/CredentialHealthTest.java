package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.worker.nebius.http.ApiKey;
import java.net.URI;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisplayNameGeneration(ReplaceUnderscores.class)
@ExtendWith(OutputCaptureExtension.class)
class CredentialHealthTest {
  @Test
  void without_a_key_nebius_is_of_no_use_and_the_log_and_health_say_what_happens_to_jobs(
      CapturedOutput output) {
    var health = notice("https://api.tokenfactory.nebius.com/v1/", "").health();

    assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    assertThat(String.valueOf(health.getDetails().get("reason")))
        .contains("NEBIUS_API_KEY is not set")
        .contains("jobs wait");
    assertThat(output.getOut().split("NEBIUS_API_KEY is not set", -1)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.tokenfactory.nebius.com/v1/, key",
    "http://127.0.0.1:8090/v1/, key",
    "http://localhost:8090/v1/, key",
    "http://nebius-simulator:8090/v1/, key",
    "https://models.example/v1/, ''",
  })
  void where_nothing_is_wrong_nothing_is_said(String endpoint, String key, CapturedOutput output) {
    assertThat(notice(endpoint, key).health().getStatus()).isEqualTo(Status.UP);
    assertThat(output).doesNotContain("WARN");
  }

  @Test
  void a_key_that_everybody_on_the_way_can_read_is_warned_of(CapturedOutput output) {
    assertThat(notice("http://api.example.com/v1/", "secret").health().getStatus())
        .isEqualTo(Status.UP);
    assertThat(output).contains("in clear text").doesNotContain("secret");
  }

  private static CredentialHealth notice(String endpoint, String key) {
    return new CredentialHealth("nebius", URI.create(endpoint), new ApiKey(key));
  }
}
