package dev.darkroom.worker.nebius;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.ProviderRefusal;
import dev.darkroom.model.RequestId;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import dev.darkroom.worker.limit.CallLimits;
import dev.darkroom.worker.nebius.AttemptOutcome.Misconfigured;
import dev.darkroom.worker.nebius.AttemptOutcome.RateLimited;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.json.JsonMapper;

/** Who gets a job, by the settings and by what the providers have done lately. No call is made. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ProvidersTest {
  private static final String SDXL = "stability-ai/sdxl";
  private static final String FLUX = "black-forest-labs/flux-schnell";
  private static final String[] TWO = {
    "darkroom.providers[0].name=nebius",
    "darkroom.providers[1].name=spare",
    "darkroom.providers[1].endpoint=https://spare.example/v1",
    "darkroom.providers[1].api-key=spare-secret-key",
    "darkroom.providers[1].models=" + SDXL + "=sdxl-1.0",
    "darkroom.providers[1].requests-per-minute=60"
  };

  @TempDir Path pictures;

  private interface ProvidersCheck {
    void check(Providers providers) throws Exception;
  }

  @Test
  void nebius_is_the_only_one_unless_others_are_listed_and_gets_every_job() {
    with(providers -> {
      refuseKey(providers, "nebius");

      assertThat(providers.all()).extracting(Provider::name).containsExactly("nebius");
      assertThat(chosen(providers, job(SDXL, null), job("any/model", "nebius")))
          .as("its circuit breaker decides")
          .containsExactly("nebius", "nebius");
      assertThat(providers.isOtherNext(SDXL, "nebius", 1)).isFalse();
    });
  }

  @Test
  void the_first_that_serves_the_model_and_takes_calls_gets_the_job() {
    with(
        providers -> {
          assertThat(chosen(providers, job(SDXL, null), job(FLUX, null)))
              .containsExactly("nebius", "nebius");
          refuseKey(providers, "nebius");

          assertThat(chosen(providers, job(SDXL, null))).containsExactly("spare");
          assertThat(chosen(providers, job(FLUX, null))).as("only Nebius has it").isEmpty();
          assertThat(providers.plan(List.of(), Provider::callsAllowed).modelNames())
              .containsEntry("spare", Map.of(SDXL, "sdxl-1.0"));
        },
        TWO);
  }

  @Test
  void the_one_that_has_failed_a_job_comes_last_for_it() {
    with(
        providers -> {
          assertThat(chosen(providers, job(SDXL, "nebius"))).containsExactly("spare");
          assertThat(chosen(providers, job(SDXL, "spare"))).containsExactly("nebius");
          assertThat(chosen(providers, job(FLUX, "nebius"))).containsExactly("nebius");
          assertThat(chosen(providers, job(SDXL, "gone"))).containsExactly("nebius");
          refuseKey(providers, "spare");
          assertThat(chosen(providers, job(SDXL, "nebius"))).containsExactly("nebius");
        },
        TWO);
  }

  @Test
  void none_gets_more_jobs_than_it_has_room_for() {
    with(
        providers -> {
          var jobs = Stream.generate(() -> job(SDXL, null)).limit(4).toList();
          var plan = providers.plan(jobs, provider -> provider.name().equals("nebius") ? 1 : 2);

          assertThat(plan.providers().values()).containsExactly("nebius", "spare", "spare");
          assertThat(plan.holds(jobs.getLast().requestId())).isFalse();
        },
        TWO);
  }

  @Test
  void a_job_does_not_wait_for_the_one_that_failed_it_but_after_two_rounds_through_all() {
    with(
        providers -> {
          assertThat(providers.isOtherNext(SDXL, "nebius", 1)).isTrue();
          assertThat(providers.isOtherNext(SDXL, "nebius", 3)).isTrue();
          assertThat(providers.isOtherNext(SDXL, "spare", 4)).as("both twice").isFalse();
          assertThat(providers.isOtherNext(SDXL, "nebius", 5)).isTrue();
          assertThat(providers.isOtherNext(FLUX, "nebius", 1)).isFalse();
          assertThat(providers.untilProbe(SDXL)).isEmpty();
          refuseKey(providers, "spare");
          assertThat(providers.isOtherNext(SDXL, "nebius", 1)).isFalse();
          assertThat(providers.untilProbe(SDXL)).isPresent();
        },
        TWO);
  }

  @Test
  void a_pause_that_one_asks_for_is_its_own() {
    with(
        providers -> {
          var wait = new RateLimited(Duration.ofMinutes(1), "spare answered 429");
          var _ = providers.named("spare").breaker().pass("A fox", () -> wait);

          assertThat(providers.named("spare").callsAllowed()).isZero();
          assertThat(providers.named("nebius").callsAllowed()).isPositive();
        },
        TWO);
  }

  @Test
  void health_and_settings_name_each_and_show_no_key() {
    context(TWO)
        .run(context -> {
          var health = requireNonNull(context.getBean("nebius", HealthIndicator.class).health());
          assertThat(health.getDetails()).containsOnlyKeys("nebius", "spare");
          assertThat(context.getBean(NebiusSettings.ProviderListSettings.class).toString())
              .contains("https://spare.example/v1/", "***")
              .doesNotContain("spare-secret-key");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          darkroom.providers[0].name=Nebius | name
          darkroom.providers[0].name=b      | endpoint of a provider
          darkroom.providers[0].name=nebius, darkroom.providers[0].api-key=x | set in darkroom.nebius
          darkroom.providers[0].name=nebius, darkroom.providers[1].name=nebius | twice
          darkroom.providers[0].name=nebius, darkroom.providers[0].models==x | models
          darkroom.nebius.requests-per-minute=1000001 | requestsPerMinute
          darkroom.nebius.requests-per-minute=many | requests-per-minute
          """)
  void a_bad_list_stops_the_start(String settings, String says) {
    context(settings.split(", ", -1))
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining(says));
  }

  private static void refuseKey(Providers providers, String name) throws Exception {
    var refused = new Misconfigured(ProviderRefusal.KEY, "401", true);
    var _ = providers.named(name).breaker().pass("A fox", () -> refused);
  }

  private static List<String> chosen(Providers providers, JobMessage... jobs) {
    return List.copyOf(providers.plan(List.of(jobs), Provider::callsAllowed).providers().values());
  }

  private static JobMessage job(String model, @Nullable String failedProvider) {
    return new JobMessage(
        new RequestId(UUID.randomUUID()),
        "ada",
        new GenerationRequest("A fox", null, 0.7, 0.5, null, 64, 64, 7, null, null),
        Map.of("parameters", Map.of("model", model)),
        Instant.MAX,
        "",
        null,
        failedProvider);
  }

  private void with(ProvidersCheck check, String... settings) {
    context(settings)
        .run(context -> {
          assertThat(context).hasNotFailed();
          check.check(context.getBean(Providers.class));
        });
  }

  private ApplicationContextRunner context(String... settings) {
    return new ApplicationContextRunner()
        .withUserConfiguration(NebiusConfiguration.class, PictureStoreConfiguration.class)
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(
                beans -> // it would call the providers
                ((BeanDefinitionRegistry) beans).removeBeanDefinition("modelCatalogLoop")))
        .withBean(JsonMapper.class, JsonMapper::new)
        .withBean(Clock.class, Clock::systemUTC)
        .withBean(SimpleMeterRegistry.class)
        .withBean(CallLimits.class, () -> (_, _) -> new TestingPermits())
        .withPropertyValues("darkroom.picture.dir=" + pictures)
        .withPropertyValues(settings);
  }
}
