package dev.darkroom.worker.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.worker.limit.CallPermits;
import dev.darkroom.worker.nebius.AttemptOutcome;
import dev.darkroom.worker.nebius.CallInProgress;
import dev.darkroom.worker.nebius.CallNebius;
import dev.darkroom.worker.nebius.TestingPermits;
import dev.darkroom.worker.nebius.TestingServer;
import dev.darkroom.worker.outcome.ReadOutcome.Reading;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import tools.jackson.databind.json.JsonMapper;

/**
 * One call, through everything that a worker has between its job and the socket, to a provider that
 * answers as a script says.
 */
final class TestingCall {
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
  private static final class TheWayToNebius {}

  /**
   * What came of it.
   *
   * @param requests that the provider saw, and would bill
   * @param picture as it is kept
   * @param callsAllowed afterwards
   */
  record Result(
      AttemptOutcome outcome,
      Reading reading,
      List<String> requests,
      Optional<byte[]> picture,
      int callsAllowed) {

    /** Code and reason as clients see them. */
    String told() {
      return switch (reading) {
        case Reading.Complete _ -> "completed";
        case Reading.Fail(String code, String reason, var _) -> "ends " + code + ": " + reason;
        case Reading.TryAgain(var setback, var _) ->
            "%s %s %s: %s"
                .formatted(
                    setback.counts() ? "counts" : "waits",
                    setback.outcome().word(),
                    setback.code(),
                    setback.reason());
      };
    }
  }

  Result meeting(TestingServer.Script script, String... settings) throws IOException {
    try (var server = TestingServer.start(script)) {
      var results = new ArrayList<Result>();
      new ApplicationContextRunner()
          .withUserConfiguration(TheWayToNebius.class, PictureStoreConfiguration.class)
          .withBean(JsonMapper.class, JsonMapper::new)
          .withBean(Clock.class, Clock::systemUTC)
          .withBean(SimpleMeterRegistry.class)
          .withBean(CallPermits.class, TestingPermits::new)
          .withPropertyValues(
              "darkroom.picture.dir=" + pictures,
              "darkroom.nebius.endpoint=" + server.baseUri(),
              "darkroom.nebius.api-key=v1.0123456789abcdef-the-key",
              "darkroom.nebius.timeout=20s")
          .withPropertyValues(settings)
          .run(context -> {
            assertThat(context).hasNotFailed();
            results.add(call(context, server));
          });
      return results.getFirst();
    }
  }

  private Result call(ApplicationContext context, TestingServer server) throws IOException {
    var client = context.getBean(CallNebius.class);
    var request = new GenerationRequest("A fox", null, 0.7, 0.5, null, 96, 64, 7);
    var id = new RequestId(UUID.randomUUID());
    var call = new CallInProgress(timeLeft);
    var outcome = client.call(id, client.parameters(request).sent(), null, call);
    var reading = readings().read(outcome, 1, Optional.empty());
    var kept = context.getBean(PictureStore.class).open(id);
    if (kept.isEmpty()) {
      return new Result(
          outcome, reading, server.requests(), Optional.empty(), client.callsAllowed());
    }
    try (var body = kept.get().body()) {
      return new Result(
          outcome,
          reading,
          server.requests(),
          Optional.of(body.readAllBytes()),
          client.callsAllowed());
    }
  }

  private static ReadOutcome readings() {
    var settings = new ReportSettings(Duration.ofSeconds(1), 2, Duration.ofMinutes(1));
    return new ReadOutcome(new Backoff(settings, new Random(1)), Duration.ofSeconds(10));
  }
}
