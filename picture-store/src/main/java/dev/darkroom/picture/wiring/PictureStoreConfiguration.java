package dev.darkroom.picture.wiring;

import dev.darkroom.picture.PictureStore;
import dev.darkroom.picture.file.FilePictureStore;
import dev.darkroom.picture.file.UploadDirectory;
import dev.darkroom.picture.s3.S3StoreConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The picture store of an application that imports this and has a {@link Clock}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PictureStoreSettings.class)
@Import(S3StoreConfiguration.class)
public class PictureStoreConfiguration {
  @Bean
  UploadDirectory uploadDirectory(PictureStoreSettings settings, Clock clock) {
    Path directory = settings.directory().resolve(".drafts");
    try {
      return UploadDirectory.open(directory, settings.maxBytes().toBytes(), clock);
    } catch (IOException e) {
      throw new IllegalStateException(
          "darkroom.picture.dir is %s; it must be a writable folder (%s)"
              .formatted(settings.directory(), e),
          e);
    }
  }

  @Bean
  @ConditionalOnProperty(
      name = "darkroom.picture.store",
      havingValue = "files",
      matchIfMissing = true)
  PictureStore pictureStore(PictureStoreSettings settings, UploadDirectory uploads, Clock clock) {
    return new FilePictureStore(settings.directory(), uploads, clock, System::nanoTime);
  }

  /** Not part of readiness: a restart would not help. */
  @Bean
  HealthIndicator pictures(PictureStore store) {
    return () ->
        store
            .trouble()
            .map(reason -> Health.down().withDetail("reason", reason).build())
            .orElseGet(() -> Health.up().build());
  }
}
