package dev.darkroom.worker.nebius;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.worker.limit.CallLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ModelCatalogCheckTest {
  private static final String CATALOGUE =
      "{\"object\":\"list\",\"data\":[{\"id\":\"stability-ai/sdxl\"},{\"id\":\"other/model\"}]}";

  @TempDir Path pictures;

  @Test
  void models_that_are_there_are_named() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(200, CATALOGUE))) {
      started(
          server,
          context -> {
            awaitModels(context, "in the catalogue: other/model, stability-ai/sdxl");
            assertThat(server.requests().getFirst())
                .startsWith("GET /v1/models ")
                .contains("Bearer the-key");
          },
          "darkroom.nebius.models=other/model");
    }
  }

  @Test
  void a_model_that_is_missing_is_said_plainly_and_calls_go_on() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(200, CATALOGUE))) {
      started(
          server,
          context -> {
            awaitModels(context, "missing from the catalogue: gone/model");
            assertThat(context.getBean(Providers.class).all().getFirst().callsAllowed())
                .isGreaterThan(1000);
          },
          "darkroom.nebius.model=gone/model");
    }
  }

  @Test
  void a_key_that_is_refused_is_told_before_a_job_has_met_it() throws IOException {
    try (var server =
        TestingServer.start(exchange -> exchange.answer(401, "{\"detail\":\"no such key\"}"))) {
      started(
          server, context -> awaitModels(context, "not read: Nebius answered 401: no such key"));
    }
  }

  @Test
  void without_an_answer_it_asks_again_and_holds_nobody_up() throws IOException {
    var asked = new AtomicInteger();
    try (var server =
        TestingServer.start(exchange -> {
          if (asked.incrementAndGet() < 3) {
            exchange.reset();
          } else {
            exchange.answer(200, CATALOGUE);
          }
        })) {
      started(
          server,
          context -> awaitModels(context, "in the catalogue: stability-ai/sdxl"),
          "darkroom.nebius.read-models-every=100ms");
      assertThat(asked).hasValue(3);
    }
  }

  @Test
  void what_is_no_catalogue_is_asked_for_again() throws IOException {
    var asked = new AtomicInteger();
    try (var server =
        TestingServer.start(exchange ->
            exchange.answer(200, asked.incrementAndGet() < 2 ? "{\"data\":null}" : CATALOGUE))) {
      started(
          server,
          context -> awaitModels(context, "in the catalogue: stability-ai/sdxl"),
          "darkroom.nebius.read-models-every=100ms");
    }
  }

  @Test
  void a_provider_without_a_catalogue_is_not_asked_again() throws IOException {
    try (var server = TestingServer.start(exchange -> exchange.answer(404, "{}"))) {
      started(
          server,
          context -> awaitModels(context, "not read: there is no catalogue at this endpoint"),
          "darkroom.nebius.read-models-every=100ms");
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static void awaitModels(ApplicationContext context, String state) {
    var models = context.getBean(Providers.class).all().getFirst().catalog();
    await().until(() -> state.equals(models.state()));
    assertThat(context.getBean("nebius", HealthIndicator.class).health())
        .isEqualTo(
            Health.up()
                .withDetail("calls", "closed: calls are made")
                .withDetail("quota", new TestingPermits().state())
                .withDetail("models", state)
                .build());
  }

  private void started(
      TestingServer server, Consumer<ApplicationContext> test, String... properties) {
    new ApplicationContextRunner()
        .withUserConfiguration(NebiusConfiguration.class, PictureStoreConfiguration.class)
        .withBean(JsonMapper.class, JsonMapper::new)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(SimpleMeterRegistry.class)
        .withBean(CallLimits.class, () -> (_, _) -> new TestingPermits())
        .withPropertyValues(
            "darkroom.picture.dir=" + pictures,
            "darkroom.nebius.endpoint=" + server.baseUri(),
            "darkroom.nebius.api-key=the-key")
        .withPropertyValues(properties)
        .run(context -> {
          assertThat(context).hasNotFailed();
          test.accept(context);
        });
  }
}
