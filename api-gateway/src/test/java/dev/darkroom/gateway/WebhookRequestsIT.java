package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.gateway.RunningGateway.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests about webhooks must be like, where a gateway is set up as by default. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhookRequestsIT {
  private final RunningGateway gateway = RunningGateway.shared();
  private final ApiDescription api = ApiDescription.of(gateway);

  @Test
  void a_job_without_a_webhook_has_no_deliveries() {
    var job = gateway.submit("quiet");

    assertThat(gateway.get("/api/generate/" + job + "/deliveries").body())
        .isEqualTo("{\"deliveries\":[]}");
    assertThat(gateway.get("/api/generate/%s/deliveries".formatted(UUID.randomUUID())).status())
        .isEqualTo(404);
    assertThat(gateway.get("/api/generate/x/deliveries").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/webhooks/enable | {} | url must be an https URL without credentials and fragment, such as https://example.com/hooks.",
        "/api/webhooks/enable | [] | body must be a JSON object.",
        "/api/webhooks/enable | {\"url\": | body must be a JSON object.",
        "/api/webhooks/test | {\"url\": 7} | url must be a string of at most 2048 characters; got 7.",
        "/api/webhooks/redeliver | {\"since\": \"2026-11-24T12:30:00Z\", \"until\": \"2026-11-24T12:30:00Z\"} | since must be before until.",
        "/api/webhooks/redeliver | {\"since\": \"2026-11-24T12:30:00Z\", \"until\": \"2026-11-25T12:30:00Z\", \"status\": \"waiting\"} | status must be one of failed, skipped, delivered.",
        "/api/webhooks/redeliver | {\"since\": \"yesterday\", \"until\": \"2026-11-25T12:30:00Z\"} | since must be an RFC 3339 date and time with an offset, such as 2026-11-24T12:30:00Z or 2026-11-24T13:30:00%2B01:00."
      })
  void a_bad_field_is_named_with_its_rule(String path, String body, String error) {
    var reply = post(path, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).isEqualTo(error);
    assertThat(api.complaints("POST " + path, reply)).isEmpty();
  }

  @Test
  void unknown_endpoints_and_long_names_are_said_so() {
    assertThat(post("/api/webhooks/enable", "{\"url\":\"https://example.com/\"}").status())
        .isEqualTo(404);
    assertThat(gateway.get("/api/webhooks?userId=" + "u".repeat(129)).status()).isEqualTo(400);
    assertThat(gateway.get("/api/webhooks?userId=nobody").body()).isEqualTo("{\"endpoints\":[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"http://example.com/\" | webhookUrl must be an https URL without credentials and fragment, such as https://example.com/hooks.",
        "\"https://localhost/hooks\" | webhookUrl must have a public host, such as https://example.com/hooks.",
        "\"https://10.0.0.1/hooks\" | webhookUrl must have a public host, such as https://example.com/hooks.",
        "7 | webhookUrl must be a string of at most 2048 characters; got 7."
      })
  void a_submission_takes_public_https_urls_only(String url, String error) {
    var reply = gateway.post("{\"prompt\":\"a\",\"webhookUrl\":%s}".formatted(url));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/error")).isEqualTo(error);
  }

  private Reply post(String path, String body) {
    return gateway.send(
        gateway
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
