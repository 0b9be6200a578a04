package dev.darkroom.picture.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@DisplayNameGeneration(ReplaceUnderscores.class)
class S3SettingsTest {
  /** Not deleted: a check that is under way when the store is closed may still write there. */
  @TempDir(cleanup = CleanupMode.NEVER)
  Path directory;

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withUserConfiguration(PictureStoreConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void without_settings_but_the_bucket_and_its_key_the_storage_is_that_of_aws() {
    var given =
        Map.of(
            "darkroom.picture.s3.bucket", "pictures",
            "darkroom.picture.s3.access-key", "key-id",
            "darkroom.picture.s3.secret-key", "hush");

    assertThat(
            new Binder(new MapConfigurationPropertySource(given))
                .bindOrCreate("darkroom.picture.s3", S3Settings.class))
        .isEqualTo(
            new S3Settings(
                "",
                "",
                "",
                "us-east-1",
                "pictures",
                "key-id",
                "hush",
                "generated/",
                true,
                S3Settings.Checksums.WHEN_REQUIRED,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
  }

  @Test
  void pictures_in_s3_need_a_bucket_and_a_key_but_no_storage_that_answers() {
    s3("endpoint=http://127.0.0.1:1")
        .run(context -> {
          assertThat(context).hasSingleBean(LinkingPictureStore.class);
          assertThat(context.getBean(HealthIndicator.class).health())
              .satisfies(health -> {
                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(String.valueOf(health.getDetails().get("reason")))
                    .startsWith("no answer from bucket pictures at http://127.0.0.1:1");
              });
        });
  }

  @ParameterizedTest
  @CsvSource({
    "bucket=, bucket must be set",
    "access-key=, access-key must be set",
    "secret-key=, secret-key must be set",
    "region=, region must be set",
    "endpoint=ftp://there, endpoint must be an http or https URL",
    "endpoint=not a url, endpoint must be an http or https URL",
    "endpoint=https://a:b@there, endpoint must be an http or https URL",
    "supabase-url=there, supabase-url must be an http or https URL",
    "public-endpoint=/there, public-endpoint must be an http or https URL",
    "prefix=/pictures, prefix must not begin with a slash",
    "timeout=99ms, timeout is PT0.099S",
    "connect-timeout=11m, connect-timeout is PT11M",
    "read-timeout=0, read-timeout is PT0S"
  })
  void a_bad_setting_of_s3_stops_the_start_and_prints_no_secret(String setting, String says) {
    s3(setting)
        .run(context -> {
          assertThat(context)
              .getFailure()
              .rootCause()
              .hasMessageContaining("darkroom.picture.s3." + says);
          assertThat(context).getFailure().hasStackTraceContaining("darkroom.picture");
          assertThat(String.valueOf(context.getStartupFailure())).doesNotContain("hush");
        });
  }

  @Test
  void settings_are_printed_without_the_keys() {
    s3("endpoint=http://127.0.0.1:1")
        .run(context ->
            assertThat(context.getBean(S3Settings.class).toString())
                .contains("bucket=pictures")
                .doesNotContain("hush", "key-id"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://abc.supabase.co, https://abc.storage.supabase.co/storage/v1/s3",
    "https://abc.supabase.co/, https://abc.storage.supabase.co/storage/v1/s3",
    "http://127.0.0.1:54321/, http://127.0.0.1:54321/storage/v1/s3",
    "https://supabase.example.com, https://supabase.example.com/storage/v1/s3"
  })
  void without_an_endpoint_the_storage_of_the_supabase_project_is_used(String project, String is) {
    s3("supabase-url=" + project)
        .run(context ->
            assertThat(context.getBean(S3Settings.class).endpointUrl()).contains(URI.create(is)));
  }

  private ApplicationContextRunner s3(String setting) {
    return application.withPropertyValues(
        "darkroom.picture.store=s3",
        "darkroom.picture.dir=" + directory,
        "darkroom.picture.s3.bucket=pictures",
        "darkroom.picture.s3.access-key=key-id",
        "darkroom.picture.s3.secret-key=hush",
        "darkroom.picture.s3." + setting);
  }
}
