package dev.darkroom.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PictureStoreSettingsTest {
  @TempDir Path directory;

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withUserConfiguration(PictureStoreConfiguration.class)
          .withBean(Clock.class, Clock::systemUTC);

  @Test
  void without_settings_pictures_of_up_to_20_mebibytes_lie_in_a_hidden_folder() {
    PictureStoreSettings defaults =
        new Binder(new MapConfigurationPropertySource())
            .bindOrCreate("darkroom.picture", PictureStoreSettings.class);

    assertThat(defaults)
        .satisfies(settings -> {
          assertThat(settings.store()).isEqualTo(PictureStoreSettings.Kind.FILES);
          assertThat(settings.dir()).isEqualTo(".darkroom/pictures");
          assertThat(settings.maxBytes()).isEqualTo(DataSize.ofBytes(20_971_520));
        });
    assertThat(defaults.s3())
        .isEqualTo(
            new S3Settings(
                "",
                "",
                "",
                "us-east-1",
                "",
                "",
                "",
                "generated/",
                true,
                S3Settings.Checksums.WHEN_REQUIRED,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
  }

  @Test
  void the_software_for_s3_is_not_even_loaded_where_pictures_are_files() {
    application
        .withClassLoader(new FilteredClassLoader("software.amazon.awssdk"))
        .withPropertyValues("darkroom.picture.dir=" + directory)
        .run(context -> assertThat(context).hasSingleBean(PictureStore.class));
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
                    .startsWith(
                        "the storage does not answer for bucket pictures at http://127.0.0.1:1");
              });
        });
  }

  @ParameterizedTest
  @CsvSource({
    "bucket=, bucket is empty",
    "access-key=, access-key is empty",
    "secret-key=, secret-key is empty",
    "region=, region is empty",
    "endpoint=ftp://there, endpoint should be an http or https URL",
    "endpoint=not a url, endpoint should be an http or https URL",
    "endpoint=https://a:b@there, endpoint should be an http or https URL",
    "supabase-url=there, supabase-url should be an http or https URL",
    "public-endpoint=/there, public-endpoint should be an http or https URL",
    "prefix=/pictures, prefix should not begin with a slash",
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
            assertThat(context.getBean(PictureStoreSettings.class).toString())
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
            assertThat(context.getBean(PictureStoreSettings.class).s3().endpointUrl())
                .contains(URI.create(is)));
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

  @Test
  void an_application_that_imports_the_configuration_gets_a_store_in_the_folder_it_names() {
    application
        .withPropertyValues(
            "darkroom.picture.dir=" + directory.resolve("pictures"),
            "darkroom.picture.max-bytes=1GB")
        .run(context -> {
          assertThat(context).hasSingleBean(PictureStore.class);
          assertThat(directory.resolve("pictures")).isDirectory();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1023B", "1025MB", "-1"})
  void a_limit_out_of_range_stops_the_start_and_says_what_it_should_be(String limit) {
    application
        .withPropertyValues(
            "darkroom.picture.dir=" + directory, "darkroom.picture.max-bytes=" + limit)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("darkroom.picture.max-bytes is ")
                .hasMessageContaining("between 1KB and 1GB"));
  }

  @Test
  void an_empty_folder_name_stops_the_start() {
    application
        .withPropertyValues("darkroom.picture.dir=")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("darkroom.picture.dir is empty"));
  }

  @Test
  void a_folder_that_can_not_be_used_stops_the_start_and_says_which_property_names_it()
      throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    application
        .withPropertyValues("darkroom.picture.dir=" + file)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasMessageContaining("darkroom.picture.dir is " + file));
  }
}
