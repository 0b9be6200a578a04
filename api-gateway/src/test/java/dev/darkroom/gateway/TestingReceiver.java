package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.gateway.RunningGateway.Reply;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint;
import dev.darkroom.gateway.extras.webhook.send.TestingEndpoint.ReceivedWebhook;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** A user who wants to be told of jobs at an endpoint of their own. */
record TestingReceiver(RunningGateway gateway, String name, TestingEndpoint endpoint) {
  static final Duration SOON = Duration.ofSeconds(20);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  String submit(String url) {
    var reply =
        gateway.post(
            JSON.writeValueAsString(
                Map.of("prompt", "a lighthouse", "userId", name, "webhookUrl", url)));
    assertThat(reply.status()).as(reply.body()).isEqualTo(202);
    return reply.text("/requestId");
  }

  List<ReceivedWebhook> awaitReceived(int count) {
    return await().atMost(SOON).until(endpoint::received, received -> received.size() >= count);
  }

  Reply awaitState(String job, String state) {
    return await()
        .atMost(SOON)
        .until(
            () -> gateway.get("/api/generate/" + job + "/deliveries"),
            shown -> shown.text("/deliveries/0/state").equals(state));
  }

  /** That many tries have failed. */
  Reply awaitTries(String job, int tries) {
    return await()
        .atMost(SOON)
        .until(
            () -> gateway.get("/api/generate/" + job + "/deliveries"),
            shown ->
                shown.json().at("/deliveries/0/tries").asInt(0) >= tries
                    && shown.json().at("/deliveries/0").has("error"));
  }

  String deliveryOf(String job) {
    return gateway.get("/api/generate/" + job + "/deliveries").text("/deliveries/0/id");
  }

  String endpointState() {
    return gateway.get("/api/webhooks?userId=" + name).text("/endpoints/0/state");
  }

  Reply redeliver(String job, String delivery) {
    return gateway.send(
        gateway
            .request("/api/generate/%s/deliveries/%s/redeliver".formatted(job, delivery))
            .POST(BodyPublishers.noBody()));
  }

  Reply post(String path, Map<String, String> body) {
    return gateway.send(
        gateway
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  static String hoursFromNow(int hours) {
    return Instant.now().plus(Duration.ofHours(hours)).toString();
  }

  /** As if everything about this user's webhooks had happened so much earlier. */
  void timePasses(Duration time) {
    gateway
        .bean(JdbcClient.class)
        .sql(
            """
            with passed as (select :time * interval '1 millisecond' as time),
            endpoint as (
              update public.generation_webhook_endpoints
              set failing_since = failing_since - time, wait_until = wait_until - time
              from passed where user_id = :user)
            update public.generation_webhook_deliveries
            set due_at = due_at - time, give_up_at = give_up_at - time
            from passed where user_id = :user and state = 'waiting'
            """)
        .param("time", time.toMillis())
        .param("user", name)
        .update();
  }
}
