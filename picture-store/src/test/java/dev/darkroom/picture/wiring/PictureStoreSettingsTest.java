package dev.darkroom.picture.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.picture.PictureStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
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
          assertThat(settings.store()).isEqualTo(PictureStoreSettings.StoreKind.FILES);
          assertThat(settings.dir()).isEqualTo(".darkroom/pictures");
          assertThat(settings.maxBytes()).isEqualTo(DataSize.ofBytes(20_971_520));
        });
  }

  @Test
  void the_software_for_s3_is_not_even_loaded_where_pictures_are_files() {
    application
        .withClassLoader(new FilteredClassLoader("software.amazon.awssdk"))
        .withPropertyValues("darkroom.picture.dir=" + directory)
        .run(context -> assertThat(context).hasSingleBean(PictureStore.class));
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
