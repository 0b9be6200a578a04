package dev.darkroom.picture;

import java.io.IOException;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gives an application that imports it, and has a {@link Clock}, the picture store. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PictureStoreSettings.class)
public class PictureStoreConfiguration {
  @Bean(destroyMethod = "") // what is under way when an application stops may still want it
  PictureStore pictureStore(PictureStoreSettings settings, Clock clock) {
    try {
      return switch (settings.store()) {
        case FILES -> FilePictureStore.at(settings.folder(), settings.maxBytes().toBytes(), clock);
        case S3 -> S3PictureStore.open(settings, clock); // the SDK is loaded here, or not at all
      };
    } catch (IOException e) {
      throw new IllegalStateException(
          "darkroom.picture.dir is %s, but should be a folder that can be written to (%s)"
              .formatted(settings.folder(), e),
          e);
    }
  }

  @Bean
  HealthIndicator pictures(PictureStore store) {
    return new PictureHealth(store);
  }
}
