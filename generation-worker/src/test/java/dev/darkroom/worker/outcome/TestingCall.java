package dev.darkroom.worker.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.worker.TestingParameters;
import dev.darkroom.worker.limit.CallLimits;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.CancellableCall;
import dev.darkroom.worker.nebius.Providers;
import dev.darkroom.worker.nebius.TestingPermits;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.outcome.RetryPolicy.RetryDecision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import tools.jackson.databind.json.JsonMapper;

/**
 * One call, through everything that a worker has between its job and the socket, to a provider that
 * answers as a script says.
 */
final class TestingCall {
  static final String KEY = "v1.0123456789abcdef-the-key";

  private final Path pictures;
  private final Duration timeLeft;

  TestingCall(Path pictures) {
    this(pictures, Duration.ofMinutes(10));
  }

  TestingCall(Path pictures, Duration timeLeft) {
    this.pictures = pictures;
    this.timeLeft = timeLeft;
  }

  /** Everything in the room "nebius", as a worker puts it together. */
  @ComponentScan("dev.darkroom.worker.nebius")
  private static final class WorkerNebiusRoom {}

  /**
   * What came of it.
   *
   * @param requests that the provider saw, and would bill
   * @param picture as it is kept
   * @param callsAllowed afterwards
   */
  record CallResult(
      AttemptOutcome outcome,
      RetryDecision decision,
      List<String> requests,
      Optional<byte[]> picture,
      int callsAllowed) {

    /** Code and reason as clients see them. */
    String told() {
      return switch (decision) {
        case RetryDecision.CompleteJob _ -> "completed";
        case RetryDecision.FailJob(String code, String reason, var _, var _) ->
            "ends " + code + ": " + reason;
        case RetryDecision.RetryJob(var failure, var _) ->
            "%s %s %s: %s"
                .formatted(
                    failure.counts() ? "counts" : "waits",
                    failure.outcome().word(),
                    failure.code(),
                    failure.reason());
      };
    }
  }

  CallResult meeting(TestingServer.Script script, String... settings) throws IOException {
    try (var server = TestingServer.start(script)) {
      return calling(server.baseUri(), server.requests(), settings);
    }
  }

  /** Of a provider that is there already; what it saw is its own affair. */
  CallResult calling(URI endpoint, String... settings) {
    return calling(endpoint, List.of(), settings);
  }

  private CallResult calling(URI endpoint, List<String> requests, String... settings) {
    var results = new ArrayList<CallResult>();
    new ApplicationContextRunner()
        .withUserConfiguration(WorkerNebiusRoom.class, PictureStoreConfiguration.class)
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(
                beans -> // it would call the server as well
                ((BeanDefinitionRegistry) beans).removeBeanDefinition("modelCatalogLoop")))
        .withBean(JsonMapper.class, JsonMapper::new)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(SimpleMeterRegistry.class)
        .withBean(CallLimits.class, () -> (_, _) -> new TestingPermits())
        .withPropertyValues(
            "darkroom.picture.dir=" + pictures,
            "darkroom.nebius.endpoint=" + endpoint,
            "darkroom.nebius.api-key=" + KEY,
            "darkroom.nebius.timeout=20s",
            "darkroom.nebius.quick-retry-delay=1ms")
        .withPropertyValues(settings)
        .run(context -> {
          assertThat(context).hasNotFailed();
          results.add(call(context, requests));
        });
    return results.getFirst();
  }

  private CallResult call(ApplicationContext context, List<String> requests) throws IOException {
    var provider = context.getBean(Providers.class).all().getFirst();
    var id = new RequestId(UUID.randomUUID());
    var call = new CancellableCall(timeLeft);
    var outcome = provider.client().call(id, TestingParameters.of("A fox"), null, call);
    var decision = policy().decide(outcome, 1, Optional.empty(), "nebius");
    Optional<byte[]> picture = Optional.empty();
    var store = context.getBean(PictureStore.class);
    var kept = store.find(id);
    if (kept.isPresent()) {
      try (var body = store.open(kept.get(), ByteRange.all(kept.get())).orElseThrow()) {
        picture = Optional.of(body.readAllBytes());
      }
    }
    return new CallResult(outcome, decision, requests, picture, provider.callsAllowed());
  }

  private static RetryPolicy policy() {
    var settings = new BackoffSettings(Duration.ofSeconds(1), 2, Duration.ofMinutes(1));
    return new RetryPolicy(new Backoff(settings, new Random(1)), Duration.ofSeconds(10));
  }
}
