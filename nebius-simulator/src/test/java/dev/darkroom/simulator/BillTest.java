package dev.darkroom.simulator;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.TestingClient.body;
import static dev.darkroom.simulator.TestingClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BillTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private NebiusSimulator simulator;
  private TestingClient client;

  @BeforeEach
  void start() throws IOException {
    simulator =
        NebiusSimulator.start(
            SimulatorSettings.defaults().withClock(Clock.fixed(NOON, ZoneOffset.UTC)));
    client = new TestingClient(simulator);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    simulator.close();
  }

  @Test
  void every_picture_is_billed_to_its_prompt() throws Exception {
    client.generate("a fox");
    client.generate("a fox");
    client.generate("a wolf");

    assertThat(simulator.bill().total()).isEqualTo(3);
    assertThat(simulator.bill().byPrompt()).isEqualTo(Map.of("a fox", 2L, "a wolf", 1L));
    assertThat(simulator.bill().billedFor("a fox")).isEqualTo(2);
    assertThat(simulator.bill().billedFor("a")).isZero();
  }

  @Test
  void a_call_tells_what_was_asked_and_how_it_ended() throws Exception {
    var trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    var request = client.request("images/generations").header("traceparent", trace);

    var reply = client.send(request.POST(BodyPublishers.ofString(body("a fox"))).build());

    var call = simulator.bill().calls().getFirst();
    assertThat(call.number()).isEqualTo(1);
    assertThat(call.requestId())
        .isEqualTo(reply.headers().firstValue("x-request-id").orElseThrow());
    assertThat(call.arrivedAt()).isEqualTo(NOON);
    assertThat(call.request().model()).isEqualTo("stability-ai/sdxl");
    assertThat(call.request().steps()).isEqualTo(30);
    assertThat(call.seed()).isEqualTo(7);
    assertThat(call.traceparent()).isEqualTo(trace);
    assertThat(call.fault()).isNull();
    assertThat(call.status()).isEqualTo(200);
    assertThat(call.billed()).isTrue();
  }

  @Test
  void a_cleared_bill_is_empty_but_goes_on_counting_calls() throws Exception {
    client.generate("a fox");
    simulator.bill().clear();
    assertThat(simulator.bill().total()).isZero();
    assertThat(simulator.bill().byPrompt()).isEmpty();

    client.generate("a fox");

    assertThat(simulator.bill().calls())
        .singleElement()
        .extracting(SimulatedCall::number)
        .isEqualTo(2L);
  }

  @Test
  void the_oldest_calls_are_forgotten_but_stay_in_the_total() throws Exception {
    client.generate("a fox");
    var call = simulator.bill().calls().getFirst();
    var bill = new Bill();
    for (int count = 0; count <= Bill.KEPT; count++) {
      bill.add(number ->
          new SimulatedCall(number, "id", NOON, call.request(), 7, null, null, 200, true));
    }

    assertThat(bill.total()).isEqualTo(Bill.KEPT + 1L);
    assertThat(bill.calls()).hasSize(Bill.KEPT);
    assertThat(bill.calls().getFirst().number()).isEqualTo(2);
  }

  @Test
  void other_processes_read_and_clear_the_bill() throws Exception {
    simulator.nextCall().meet(answer(429).withRetryAfter(Duration.ofSeconds(2)));
    client.generate("a fox");
    client.generate("a fox");

    var bill = json(control("GET", "bill", ""));

    assertThat(bill.get("total").asLong()).isEqualTo(1);
    assertThat(bill.at("/byPrompt/a fox").asLong()).isEqualTo(1);
    assertThat(bill.at("/calls/0/fault").toString())
        .isEqualTo("{\"kind\":\"answer\",\"status\":429,\"retryAfter\":\"PT2S\"}");
    assertThat(bill.at("/calls/0/arrivedAt").stringValue()).isEqualTo("2026-11-22T12:00:00Z");
    assertThat(bill.at("/calls/1/request/num_inference_steps").asInt()).isEqualTo(30);
    assertThat(bill.at("/calls/1/request/response_extension").stringValue()).isEqualTo("webp");
    assertThat(bill.at("/calls/1").has("fault")).isFalse();

    assertThat(control("DELETE", "bill", "").statusCode()).isEqualTo(204);
    assertThat(json(control("GET", "bill", "")).get("total").asLong()).isZero();
  }

  @Test
  void other_processes_read_and_replace_the_faults() throws Exception {
    simulator.everyCall().meet(answer(500));
    var sheet =
        """
        {"latency":{"fixed":"PT0.01S","jitter":"PT0S"},
         "rules":[{"prompt":"fox","times":2,"fault":{"kind":"answer","status":429,"retryAfter":"PT2S"}},
                  {"probability":1.0,"fault":{"kind":"rubbish","content":"no_pictures"}}]}
        """;

    var replaced = control("PUT", "faults", sheet);

    assertThat(replaced.statusCode()).isEqualTo(200);
    assertThat(json(replaced)).isEqualTo(Json.MAPPER.readTree(sheet));
    assertThat(client.generate("a fox").headers().firstValue("retry-after")).hasValue("2");
    assertThat(json(client.generate("a wolf")).get("data")).isEmpty();
    assertThat(json(control("GET", "faults", "")).at("/rules/0/times").asInt()).isEqualTo(1);
    assertThat(control("PUT", "faults", "{}").statusCode()).isEqualTo(200);
    assertThat(client.generate("a fox").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hang",
        "reset",
        "\"billed\":true,\"kind\":\"hang\"",
        "\"billed\":true,\"kind\":\"reset\"",
        "\"kind\":\"html-page\",\"status\":502",
        "\"kind\":\"slow\",\"extra\":\"PT2S\"",
        "\"kind\":\"cut-body\",\"percent\":10",
        "\"kind\":\"drip-body\",\"bytes\":1,\"every\":\"PT1S\""
      })
  void every_kind_of_fault_has_a_json_form(String fault) throws Exception {
    var fields = fault.contains(":") ? fault : "\"billed\":false,\"kind\":\"" + fault + "\"";
    var sheet =
        "{\"latency\":{\"fixed\":\"PT0S\",\"jitter\":\"PT0S\"},\"rules\":[{\"fault\":{%s}}]}"
            .formatted(fields);

    assertThat(json(control("PUT", "faults", sheet))).isEqualTo(Json.MAPPER.readTree(sheet));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "null",
        "{\"rulez\":[]}",
        "{\"rules\":[{}]}",
        "{\"rules\":[{\"times\":0,\"fault\":{\"kind\":\"hang\",\"billed\":true}}]}",
        "{\"rules\":[{\"fault\":{\"kind\":\"sneeze\"}}]}",
        "{\"rules\":[{\"fault\":{\"kind\":\"answer\",\"status\":200}}]}"
      })
  void faults_that_cannot_be_read_are_a_400_and_change_nothing(String sheet) throws Exception {
    simulator.everyCall().meet(answer(500));

    var reply = control("PUT", "faults", sheet);

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(json(reply).get("detail").stringValue()).startsWith("The faults cannot be read");
    assertThat(client.generate("a fox").statusCode()).isEqualTo(500);
  }

  @Test
  void a_rule_that_can_never_apply_is_refused() {
    assertThatThrownBy(() -> simulator.nextCalls(0).meet(answer(500)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> simulator.everyCall().withProbability(0).meet(answer(500)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private HttpResponse<byte[]> control(String method, String what, String body)
      throws IOException, InterruptedException {
    return client.send(
        client.request("/simulator/" + what).method(method, BodyPublishers.ofString(body)).build());
  }
}
