package dev.darkroom.worker.nebius;

import static dev.darkroom.simulator.Fault.answer;
import static dev.darkroom.simulator.Fault.hangAfterBilling;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.picture.PictureFormat;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.simulator.NebiusSimulator;
import dev.darkroom.simulator.SimulatorSettings;
import dev.darkroom.worker.TestingParameters;
import dev.darkroom.worker.limit.CallLimits;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledBeforeSend;
import dev.darkroom.worker.nebius.AttemptOutcome.CancelledInFlight;
import dev.darkroom.worker.nebius.AttemptOutcome.CircuitOpen;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.NotSent;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import dev.darkroom.worker.nebius.AttemptOutcome.Succeeded;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** What a call does besides reading its answer, over the real client and a real socket. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NebiusClientTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir Path pictures;
  private NebiusSimulator nebius;
  private final TestingPermits permits = new TestingPermits();
  private final RequestId id = new RequestId(UUID.randomUUID());
  private final CancellableCall call = new CancellableCall(Duration.ofMinutes(1));

  @BeforeEach
  void start() throws IOException {
    nebius = NebiusSimulator.start(SimulatorSettings.defaults().withApiKey("the-key"));
  }

  @AfterEach
  void stop() throws IOException {
    nebius.clearFaults();
    nebius.close();
  }

  @Test
  void a_picture_is_saved_and_described() {
    withClient((provider, store) -> {
      var outcome = provider.client().call(id, parameters("A fox"), new TraceParent(TRACE), call);

      assertThat(outcome).isInstanceOf(Succeeded.class);
      var picture = ((Succeeded) outcome).picture();
      assertThat(picture.width()).isEqualTo(96);
      assertThat(picture.height()).isEqualTo(64);
      assertThat(picture.format().contentType()).isEqualTo("image/webp");
      assertThat(store.find(id)).contains(picture);
      assertThat(((Succeeded) outcome).saving()).isGreaterThanOrEqualTo(Duration.ZERO);
      assertThat(nebius.bill().calls().getFirst().traceparent()).isEqualTo(TRACE);
    });
  }

  @Test
  void a_call_takes_as_long_as_its_answer() {
    nebius.setLatency(Duration.ofMillis(300));
    withClient(
        (provider, _) -> {
          var begun = System.nanoTime();
          var outcome = provider.client().call(id, parameters("A fox"), null, call);
          var all = Duration.ofNanos(System.nanoTime() - begun);

          assertThat(call.took().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
          assertThat(call.took().orElseThrow().plus(((Succeeded) outcome).saving()))
              .isLessThanOrEqualTo(all);
        },
        "darkroom.nebius.timeout=10s");
  }

  @Test
  void a_refused_key_says_so_and_stops_further_calls() {
    withContext(
        context -> {
          var client = provider(context).client();
          assertThat(client.call(id, parameters("A fox"), null, call))
              .isInstanceOf(Misconfigured.class);
          assertThat(provider(context).callsAllowed()).isZero();
          assertThat(provider(context).breaker().state())
              .startsWith("nebius: 401, the key was refused; open until 2")
              .endsWith(": Nebius answered 401: The API key is invalid.");
          assertThat(blocked(context, "key")).isEqualTo(1);
          assertThat(blocked(context, "outage")).isZero();
        },
        "darkroom.nebius.api-key=wrong");
  }

  @Test
  void a_model_that_only_this_job_names_stops_no_other() {
    nebius.everyCall().meet(answer(404).withDetail("no such model"));
    withClient((provider, _) -> {
      var parameters = TestingParameters.of("A fox", "stability-ai/other");

      assertThat(provider.client().call(id, parameters, null, call))
          .isInstanceOfSatisfying(
              Misconfigured.class, refused -> assertThat(refused.affectsAllJobs()).isFalse());
      assertThat(provider.callsAllowed()).isGreaterThan(1000);
    });
  }

  @Test
  void calls_and_bytes_are_counted() {
    nebius.nextCall().meet(answer(503));
    withContext(context -> {
      var client = provider(context).client();
      var _ = client.call(id, parameters("A fox"), null, call);
      var outcome = client.call(id, parameters("A fox"), null, call);

      var meters = context.getBean(SimpleMeterRegistry.class);
      assertThat(meters.get("darkroom.nebius.calls").tag("outcome", "unavailable").timer().count())
          .isEqualTo(1);
      assertThat(meters.get("darkroom.nebius.calls").tag("outcome", "succeeded").timer().count())
          .isEqualTo(1);
      assertThat(meters.get("darkroom.pictures.bytes").counter().count())
          .isEqualTo((double) ((Succeeded) outcome).picture().bytes());
    });
  }

  private static double blocked(ApplicationContext context, String reason) {
    return context
        .getBean(SimpleMeterRegistry.class)
        .get("darkroom.nebius.blocked")
        .tag("reason", reason)
        .gauge()
        .value();
  }

  @Test
  void retry_after_is_kept_and_calls_pause() {
    nebius.everyCall().meet(answer(429).withRetryAfter(Duration.ofSeconds(7)));
    withClient((provider, _) -> {
      var outcome = provider.client().call(id, parameters("A fox"), null, call);

      assertThat(outcome).isInstanceOf(RateLimited.class);
      assertThat(((RateLimited) outcome).retryAfter()).isEqualTo(Duration.ofSeconds(7));
      assertThat(provider.callsAllowed()).isZero();
      assertThat(permits.heard).containsExactly("grants null", "refused for PT7S");
    });
  }

  @Test
  void without_a_connection_the_call_was_not_made_and_the_breaker_opens() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    withClient(
        (provider, _) -> {
          assertThat(provider.client().call(id, parameters("A fox"), null, call))
              .isInstanceOf(NotSent.class);
          assertThat(call.took()).isEmpty();
          assertThat(provider.client().call(id, parameters("A fox"), null, call))
              .isInstanceOf(CircuitOpen.class);
          assertThat(provider.callsAllowed()).isZero();
        },
        "darkroom.nebius.endpoint=http://127.0.0.1:" + nobody + "/v1");
  }

  @Test
  void after_a_while_one_call_probes_and_closes_the_breaker() {
    nebius.everyCall().meet(answer(500));
    withClient((provider, _) -> {
      for (int i = 0; i < 4; i++) {
        var _ = provider.client().call(id, parameters("A fox"), null, call);
      }
      assertThat(provider.callsAllowed()).isZero();
      nebius.clearFaults();

      Awaitility.await().until(() -> provider.callsAllowed() == 1);
      assertThat(provider.client().call(id, parameters("A fox"), null, call))
          .isInstanceOf(Succeeded.class);
      assertThat(provider.callsAllowed()).isGreaterThan(1000);
    });
  }

  @Test
  void a_call_that_is_ended_closes_its_connection_and_says_that_it_was_us() throws Exception {
    nebius.everyCall().meet(hangAfterBilling());
    withClient(
        (provider, _) -> {
          var ender =
              Thread.ofVirtual()
                  .start(() -> {
                    Awaitility.await().until(() -> nebius.bill().total() == 1);
                    call.cancel(CancelReason.SHUTDOWN);
                  });
          assertThat(provider.client().call(id, parameters("A fox"), null, call))
              .isInstanceOf(CancelledInFlight.class);
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          assertThat(ender.join(Duration.ofSeconds(5))).isTrue();
        },
        "darkroom.nebius.timeout=30s");
  }

  @Test
  void a_call_that_was_ended_before_is_not_made() {
    call.cancel(CancelReason.SHUTDOWN);
    withClient((provider, _) -> {
      assertThat(provider.client().call(id, parameters("A fox"), null, call))
          .isInstanceOf(CancelledBeforeSend.class);
      assertThat(nebius.bill().calls()).isEmpty();
    });
  }

  @Test
  void a_deadline_that_comes_first_ends_the_call() {
    nebius.everyCall().meet(hangAfterBilling());
    withClient(
        (provider, _) -> {
          var call = new CancellableCall(Duration.ofMillis(500));
          var outcome = provider.client().call(id, parameters("A fox"), null, call);

          assertThat(outcome).isInstanceOf(CancelledInFlight.class);
          assertThat(outcome.toString()).contains("deadline");
        },
        "darkroom.nebius.timeout=30s");
  }

  @Test
  void a_key_that_no_header_can_carry_stops_the_start_and_is_not_repeated() {
    withContext(
        context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .message()
                .contains("copy it again")
                .doesNotContain("sk-secret"),
        "darkroom.nebius.api-key=sk-secret\u200b");
  }

  @Test
  void a_line_break_after_the_key_does_no_harm() {
    withClient(
        (provider, _) ->
            assertThat(provider.client().call(id, parameters("A fox"), null, call))
                .isInstanceOf(Succeeded.class),
        "darkroom.nebius.api-key=the-key\n");
  }

  @Test
  void the_key_is_in_no_setting_that_is_printed() {
    withContext(context ->
        assertThat(context.getBean(NebiusSettings.class).toString())
            .doesNotContain("the-key")
            .contains("***"));
  }

  @Test
  void pictures_that_take_long_are_no_outage() {
    var settings = new NebiusSettings.Breaker(4, 4, 50, Duration.ofSeconds(1));
    var breaker = NebiusConfiguration.circuitBreakers(settings).circuitBreaker("nebius");
    var picture =
        new Succeeded(
            new StoredPicture(id, "ab".repeat(32), 1, PictureFormat.WEBP, 1, 1),
            new AttemptOutcome.ImageSize(1, 1),
            Duration.ZERO);
    for (var calls = 0; calls < 8; calls++) {
      breaker.onResult(30, TimeUnit.MINUTES, picture);
    }

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  private static Provider provider(ApplicationContext context) {
    return context.getBean(Providers.class).all().getFirst();
  }

  private interface WithClient {
    void accept(Provider provider, PictureStore store) throws IOException, InterruptedException;
  }

  private void withClient(WithClient test, String... properties) {
    withContext(
        context -> {
          assertThat(context).hasNotFailed();
          test.accept(provider(context), context.getBean(PictureStore.class));
        },
        properties);
  }

  private void withContext(
      org.springframework.boot.test.context.runner.ContextConsumer<
              org.springframework.boot.test.context.assertj.AssertableApplicationContext>
          test,
      String... properties) {
    new ApplicationContextRunner()
        .withUserConfiguration(NebiusConfiguration.class, PictureStoreConfiguration.class)
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(
                beans -> // it would call the server as well
                ((BeanDefinitionRegistry) beans).removeBeanDefinition("modelCatalogLoop")))
        .withBean(JsonMapper.class, JsonMapper::new)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(CallLimits.class, () -> (_, _) -> permits)
        .withBean(SimpleMeterRegistry.class)
        .withPropertyValues(
            "darkroom.picture.dir=" + pictures,
            "darkroom.nebius.endpoint=" + nebius.baseUri(),
            "darkroom.nebius.api-key=the-key",
            "darkroom.nebius.timeout=1s",
            "darkroom.nebius.quick-retry-delay=1ms",
            "darkroom.nebius.breaker.window=4",
            "darkroom.nebius.breaker.minimum-calls=4",
            "darkroom.nebius.breaker.probe-after=1s")
        .withPropertyValues(properties)
        .run(test);
  }

  private static Map<String, Object> parameters(String prompt) {
    return TestingParameters.of(prompt);
  }
}
