package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SettingsTest {
  private final ApplicationContextRunner gateway =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(AllSettings.class);

  @Test
  void every_setting_has_its_documented_default() {
    gateway.run(context ->
        assertThat(context.getBeansOfType(Record.class).values().stream().map(Object::toString))
            .containsExactlyInAnyOrder(
                "AccessSettings[mode=OPEN, openToAll=false]",
                "TokenSettings[supabaseUrl=, supabasePublicKey=, issuer=, jwksUrl=, audience=authenticated]",
                "AcceptSettings[batch=64, writers=2, queue=256, patience=PT5S]",
                "JobSettings[deadline=PT15M]",
                "RetentionSettings[jobs=PT0S]",
                "QueueSettings[maxOpenJobsPerOwner=0, maxOpenJobs=0, refuseUnreachable=true]",
                "RateSettings[submissionsPerSecond=100, readsPerSecond=20, burst=PT10S, callers=100000]",
                "StreamSettings[listeners=10000, perClient=64, queue=256, poll=PT0.25S, heartbeat=PT15S]",
                "ModelSettings[model=stability-ai/sdxl, models=[], guidanceScale=[]]",
                "OpenAiSettings[longestWait=PT10M, waits=5000, perClient=1000]",
                "OutboxSettings[sweep=PT1S, batch=500, window=32, refill=PT0.025S, lookForLost=PT5S]",
                "PictureSettings[serve=PROXY, linkLifetime=PT5M, keep=PT0S, sweep=PT1M]",
                "WaitSettings[poll=PT1S, longestWait=PT1M, waits=5000, perClient=64]",
                "ProviderSettings[name=NEBIUS]",
                "PublicLogSettings[publicLog=false]",
                "ReaderSettings[pages=16, exports=8, perClient=8, patience=PT2S, budget=PT5S, exportBudget=PT15M]",
                "RescueSettings[sweep=PT1S, grace=PT10S]",
                "CallbackSettings[allowPrivate=false]",
                "CatalogSettings[models=[]]",
                "WebhookSettings[allowPrivate=false, sweep=PT0.5S, timeout=PT15S, retryFor=PT24H, perServer=4, inFlight=32, keep=PT720H]",
                "LinkSettings[linkSecret=0, linkLife=PT6H]",
                "WebSettings[hosts=[], origins=[], trustedProxies=[]]"));
  }

  @ParameterizedTest
  @CsvSource({
    "darkroom.accept.batch=0, batch",
    "darkroom.accept.batch=1001, batch",
    "darkroom.accept.writers=0, writers",
    "darkroom.accept.writers=17, writers",
    "darkroom.accept.queue=0, queue",
    "darkroom.accept.queue=100001, queue",
    "darkroom.accept.patience=99ms, patience",
    "darkroom.accept.patience=61s, patience",
    "darkroom.access.mode=closed, mode",
    "darkroom.access.supabase-url=example.com, supabaseUrl",
    "darkroom.access.jwks-url=https://example.com/keys, issuer",
    "darkroom.access.issuer=a-name, jwks-url",
    "darkroom.access.audience=, audience",
    "darkroom.job.deadline=9s, deadline",
    "darkroom.job.deadline=86401s, deadline",
    "darkroom.live.listeners=-1, listeners",
    "darkroom.live.listeners=1000001, listeners",
    "darkroom.live.per-client=-1, perClient",
    "darkroom.progress.waits=-1, waits",
    "darkroom.progress.per-client=1000001, perClient",
    "darkroom.readers.pages=0, pages",
    "darkroom.readers.exports=1001, exports",
    "darkroom.readers.per-client=-1, perClient",
    "darkroom.readers.patience=31s, patience",
    "darkroom.readers.budget=999ms, budget",
    "darkroom.readers.export-budget=25h, exportBudget",
    "darkroom.live.queue=0, queue",
    "darkroom.live.queue=100001, queue",
    "darkroom.live.poll=9ms, poll",
    "darkroom.live.poll=61s, poll",
    "darkroom.live.heartbeat=99ms, heartbeat",
    "darkroom.live.heartbeat=6m, heartbeat",
    "darkroom.openai.longest-wait=999ms, longestWait",
    "darkroom.openai.longest-wait=61m, longestWait",
    "darkroom.openai.waits=-1, waits",
    "darkroom.openai.per-client=1000001, perClient",
    "darkroom.outbox.sweep=49ms, sweep",
    "darkroom.outbox.batch=0, batch",
    "darkroom.outbox.batch=1001, batch",
    "darkroom.outbox.window=0, window",
    "darkroom.outbox.window=10001, window",
    "darkroom.outbox.refill=4ms, refill",
    "darkroom.outbox.refill=11s, refill",
    "darkroom.outbox.look-for-lost=49ms, lookForLost",
    "darkroom.outbox.look-for-lost=61m, lookForLost",
    "darkroom.picture.serve=elsewhere, serve",
    "darkroom.picture.link-lifetime=0s, linkLifetime",
    "darkroom.picture.link-lifetime=8d, linkLifetime",
    "darkroom.picture.keep=999ms, keep",
    "darkroom.picture.keep=-1s, keep",
    "darkroom.picture.sweep=49ms, sweep",
    "darkroom.progress.poll=49ms, poll",
    "darkroom.progress.poll=61s, poll",
    "darkroom.progress.longest-wait=999ms, longestWait",
    "darkroom.progress.longest-wait=61s, longestWait",
    "darkroom.rescue.sweep=0s, sweep",
    "darkroom.rescue.grace=-1ms, grace",
    "darkroom.rescue.grace=11m, grace",
    "darkroom.models[0].steps=1-4, darkroom.models: name",
    "darkroom.web.trusted-proxies=proxy.example.com, trusted-proxies",
    "darkroom.web.trusted-proxies=10.0.0.0/33, trusted-proxies",
    "darkroom.web.trusted-proxies=10.0.0.256, trusted-proxies",
    "darkroom.access.link-life=59s, linkLife",
    "darkroom.access.link-life=8d, linkLife",
    "darkroom.webhook.sweep=49ms, sweep",
    "darkroom.webhook.timeout=61s, timeout",
    "darkroom.webhook.retry-for=0s, retryFor",
    "darkroom.webhook.retry-for=8d, retryFor",
    "darkroom.webhook.per-server=0, perServer",
    "darkroom.webhook.in-flight=1001, inFlight",
    "darkroom.webhook.keep=7d, keep",
    "darkroom.web.hosts=http://localhost, hosts",
    "darkroom.web.hosts=*, hosts",
    "darkroom.web.origins=*, origins",
    "darkroom.web.origins=example.com, origins",
    "darkroom.web.origins=https://example.com/, origins"
  })
  void a_bad_value_stops_the_start_with_the_name_of_the_property(String property, String name) {
    gateway
        .withPropertyValues(property)
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining(name));
  }

  @ParameterizedTest
  @CsvSource({
    "darkroom.accept.batch=1",
    "darkroom.accept.writers=16",
    "darkroom.accept.patience=1m",
    "darkroom.access.mode=required",
    "darkroom.access.supabase-url=https://ref.supabase.co",
    "darkroom.access.issuer=https://issuer.example.com/",
    "darkroom.job.deadline=10s",
    "darkroom.job.deadline=24h",
    "darkroom.live.listeners=0",
    "darkroom.outbox.sweep=50ms",
    "darkroom.outbox.batch=1000",
    "darkroom.rescue.grace=0s",
    "darkroom.web.trusted-proxies=10.0.0.0/8",
    "darkroom.access.link-life=7d",
    "darkroom.webhook.retry-for=7d",
    "darkroom.webhook.keep=8d",
    "darkroom.web.hosts=[::1]:8080",
    "darkroom.web.hosts=*.example.com",
    "darkroom.web.origins=http://localhost:3000"
  })
  void values_at_their_limits_are_taken(String property) {
    gateway.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());
  }

  @Configuration(proxyBeanMethods = false)
  @ConfigurationPropertiesScan("dev.darkroom.gateway")
  static class AllSettings {}
}
