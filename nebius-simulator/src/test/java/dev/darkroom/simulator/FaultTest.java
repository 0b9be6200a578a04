package dev.darkroom.simulator;

import static dev.darkroom.simulator.Fault.Rubbish.Content.BROKEN_BASE64;
import static dev.darkroom.simulator.Fault.Rubbish.Content.MALFORMED_JSON;
import static dev.darkroom.simulator.Fault.Rubbish.Content.NOT_A_PICTURE;
import static dev.darkroom.simulator.Fault.Rubbish.Content.NO_PICTURES;
import static dev.darkroom.simulator.Fault.Rubbish.Content.OTHER_FORMAT;
import static dev.darkroom.simulator.Fault.Rubbish.Content.TRUNCATED_PICTURE;
import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.cutBody;
import static dev.darkroom.simulator.Fault.dripBody;
import static dev.darkroom.simulator.Fault.hang;
import static dev.darkroom.simulator.Fault.hangAfterBilling;
import static dev.darkroom.simulator.Fault.htmlPage;
import static dev.darkroom.simulator.Fault.reset;
import static dev.darkroom.simulator.Fault.resetAfterBilling;
import static dev.darkroom.simulator.Fault.rubbish;
import static dev.darkroom.simulator.Fault.slow;
import static dev.darkroom.simulator.TestingClient.json;
import static dev.darkroom.simulator.TestingClient.picture;
import static dev.darkroom.simulator.TestingClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FaultTest {
  private NebiusSimulator simulator;
  private TestingClient client;

  @BeforeEach
  void start() throws IOException {
    simulator = NebiusSimulator.start(SimulatorSettings.defaults().withDice(new Random(42)));
    client = new TestingClient(simulator);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    simulator.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 402, 403, 404, 429, 500, 502, 503})
  void an_error_is_answered_with_a_sentence_and_not_billed(int status) throws Exception {
    simulator.nextCall().meet(answer(status));

    var reply = client.generate("a fox");

    assertThat(reply.statusCode()).isEqualTo(status);
    assertThat(json(reply).get("detail").stringValue()).isNotBlank();
    assertThat(reply.headers().firstValue("retry-after")).isEmpty();
    assertThat(simulator.bill().total()).isZero();
    assertThat(simulator.bill().calls())
        .singleElement()
        .extracting(SimulatedCall::status)
        .isEqualTo(status);
  }

  @Test
  void retry_after_is_rounded_up_to_seconds() throws Exception {
    simulator.nextCall().meet(answer(429).withRetryAfter(Duration.ofMillis(1001)));

    assertThat(client.generate("a fox").headers().firstValue("retry-after")).hasValue("2");
  }

  @Test
  void detail_can_be_a_sentence_or_a_list() throws Exception {
    simulator.nextCall().meet(answer(400).withDetail("Too rude."));
    simulator
        .nextCall()
        .meet(answer(422).withDetail(List.of(Violation.of("prompt", "Too rude.", "value_error"))));

    assertThat(text(client.generate("a fox"))).isEqualTo("{\"detail\":\"Too rude.\"}");
    assertThat(text(client.generate("a fox")))
        .isEqualTo(
            "{\"detail\":[{\"loc\":[\"body\",\"prompt\"],\"msg\":\"Too"
                + " rude.\",\"type\":\"value_error\"}]}");
  }

  @Test
  void a_proxy_answers_with_a_page_of_html() throws Exception {
    simulator.nextCall().meet(htmlPage(502));

    var reply = client.generate("a fox");

    assertThat(reply.statusCode()).isEqualTo(502);
    assertThat(reply.headers().firstValue("content-type")).hasValue("text/html");
    assertThat(text(reply)).contains("<h1>502</h1>");
  }

  @Test
  void a_reset_comes_without_a_reply_and_may_have_cost_a_picture() {
    simulator.nextCall().meet(reset());
    assertThatThrownBy(() -> client.generate("free")).isInstanceOf(IOException.class);
    simulator.nextCall().meet(resetAfterBilling());
    assertThatThrownBy(() -> client.generate("paid")).isInstanceOf(IOException.class);

    assertThat(simulator.bill().byPrompt()).containsOnlyKeys("paid");
    assertThat(simulator.bill().calls())
        .extracting(SimulatedCall::prompt)
        .containsExactly("free", "paid");
  }

  @Test
  void a_reset_is_a_real_one() throws Exception {
    simulator.nextCall().meet(reset());
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), simulator.port())) {
      var body = TestingClient.body("a fox");
      var request =
          "POST /v1/images/generations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(body.length(), body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

      // An orderly end would read as -1.
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void a_call_that_hangs_ends_when_the_faults_are_cleared() {
    simulator.nextCall().meet(hang());
    simulator.nextCall().meet(hangAfterBilling());
    var first = client.generateLater("a fox");
    var second = client.generateLater("a fox");
    await().until(() -> simulator.bill().calls().size() == 2);
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    simulator.clearFaults();

    await().until(() -> first.isCompletedExceptionally() && second.isCompletedExceptionally());
    assertThat(simulator.bill().total()).isEqualTo(1);
  }

  /** The latch once was taken after the bill, and a clearing in between was never seen. */
  @Test
  void a_call_that_has_met_a_hang_sees_a_clearing_that_comes_at_once() {
    var plan = new FaultPlan(Latency.NONE, new Random(1));
    new CallRecorder(plan, 1L).meet(hang());
    var met = plan.meet("a fox");

    plan.clearRules();

    assertThat(met.cleared().getCount()).isZero();
    assertThat(plan.meet("a fox").cleared().getCount()).isOne();
  }

  @Test
  void a_call_that_hangs_ends_when_the_simulator_closes() throws Exception {
    simulator.everyCall().meet(hang());
    var call = client.generateLater("a fox");
    await().until(() -> !simulator.bill().calls().isEmpty());

    simulator.close();

    await().until(call::isCompletedExceptionally);
  }

  @Test
  void a_cut_body_ends_before_its_announced_length_and_is_billed() {
    simulator.nextCall().meet(cutBody());

    assertThatThrownBy(() -> client.generate("a fox"))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("received"); // "fixed content-length: N, bytes received: M"
    assertThat(simulator.bill().billedFor("a fox")).isEqualTo(1);
  }

  @Test
  void a_dripping_body_arrives_whole_but_late() throws Exception {
    var good = picture(client.generate("a fox"));
    simulator.nextCall().meet(dripBody(200, Duration.ofMillis(20)));
    long start = System.nanoTime();

    var reply = client.generate("a fox");

    assertThat(picture(reply)).isEqualTo(good);
    long drips = Math.ceilDiv(reply.body().length, 200);
    assertThat(drips).isGreaterThan(3);
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(20 * drips));
  }

  @Test
  void latency_and_a_slow_call_add_up() throws Exception {
    simulator.setLatency(Duration.ofMillis(60));
    simulator.nextCall().meet(slow(Duration.ofMillis(60)));
    long start = System.nanoTime();

    assertThat(client.generate("a fox").statusCode()).isEqualTo(200);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(120));
  }

  @Test
  void jitter_stays_within_its_bounds() {
    var latency = new Latency(Duration.ofMillis(100), Duration.ofMillis(50));
    var dice = new Random(1);

    var drawn = dice.ints(1000).mapToObj(_ -> latency.draw(dice)).toList();

    assertThat(drawn).allMatch(wait -> wait.toMillis() >= 100 && wait.toMillis() < 150);
    assertThat(drawn)
        .anyMatch(wait -> wait.toMillis() < 110)
        .anyMatch(wait -> wait.toMillis() > 140);
  }

  @Test
  void rubbish_may_be_malformed_json() throws Exception {
    simulator.nextCall().meet(rubbish(MALFORMED_JSON));

    var reply = client.generate("a fox");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> json(reply)).isInstanceOf(JacksonException.class);
    assertThat(simulator.bill().total()).isEqualTo(1);
  }

  @Test
  void rubbish_may_be_an_empty_list_of_pictures() throws Exception {
    simulator.nextCall().meet(rubbish(NO_PICTURES));

    assertThat(json(client.generate("a fox")).get("data")).isEmpty();
  }

  @Test
  void rubbish_may_be_broken_base64() throws Exception {
    simulator.nextCall().meet(rubbish(BROKEN_BASE64));

    var reply = client.generate("a fox");

    assertThatThrownBy(() -> picture(reply)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rubbish_may_be_no_picture() throws Exception {
    simulator.nextCall().meet(rubbish(NOT_A_PICTURE));

    assertThat(ImageIO.read(new ByteArrayInputStream(picture(client.generate("a fox"))))).isNull();
  }

  @Test
  void rubbish_may_be_a_png_where_webp_was_asked_for() throws Exception {
    simulator.nextCall().meet(rubbish(OTHER_FORMAT));

    assertThat(picture(client.generate("a fox"))).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void rubbish_may_be_half_a_picture() throws Exception {
    var whole = picture(client.generate("a fox"));
    simulator.nextCall().meet(rubbish(TRUNCATED_PICTURE));

    assertThat(picture(client.generate("a fox"))).isEqualTo(Arrays.copyOf(whole, whole.length / 2));
  }

  @Test
  void a_number_of_calls_comes_before_every_call_and_then_it_is_over() throws Exception {
    simulator.everyCall().meet(answer(500));
    simulator.nextCalls(2).meet(answer(429));
    simulator.nextCall().meet(answer(503));

    assertThat(statuses(5)).containsExactly(429, 429, 503, 500, 500);
    simulator.clearFaults();
    assertThat(statuses(1)).containsExactly(200);
  }

  @Test
  void only_matching_prompts_meet_a_fault_and_use_it_up() throws Exception {
    simulator.nextCall().whosePromptContains("wolf").meet(answer(500));

    assertThat(client.generate("a fox").statusCode()).isEqualTo(200);
    assertThat(client.generate("a wolf").statusCode()).isEqualTo(500);
    assertThat(client.generate("a wolf").statusCode()).isEqualTo(200);
  }

  @Test
  void a_probability_hits_its_share_of_the_calls_and_the_same_ones_for_the_same_dice() {
    assertThat(hits(7)).isEqualTo(hits(7)).isNotEqualTo(hits(8));
    assertThat(hits(7).stream().filter(hit -> hit)).hasSizeBetween(230, 370);
  }

  private static List<Boolean> hits(long seed) {
    var plan = new FaultPlan(Latency.NONE, new Random(seed));
    new CallRecorder(plan, null).withProbability(0.3).meet(answer(500));
    var hits = new ArrayList<Boolean>();
    for (int call = 0; call < 1000; call++) {
      hits.add(plan.next("a fox") != null);
    }
    return hits;
  }

  private List<Integer> statuses(int calls) throws Exception {
    var statuses = new ArrayList<Integer>();
    for (int call = 0; call < calls; call++) {
      statuses.add(client.generate("a fox").statusCode());
    }
    return statuses;
  }
}
