package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.http.ImageOrigin;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PictureConfiguration {
  private static final int READS_AT_ONCE = 64;
  private static final int MOST_WAITING_READS = 1_000;
  private static final Duration LONGEST_READ = Duration.ofSeconds(10);

  @Bean
  PictureReader pictureReader(PictureStore store) {
    return new PictureReader(store, READS_AT_ONCE, MOST_WAITING_READS, LONGEST_READ);
  }

  @Bean
  PictureResponse pictureResponse(
      PictureStore store, PictureReader reader, PictureSettings settings) {
    return new PictureResponse(
        reader,
        switch (settings.serve()) {
          case PROXY -> null;
          case REDIRECT -> linking(store);
        },
        settings.linkLifetime());
  }

  @Bean
  PictureController.CompletedPicture completedPicture(JobQueries ledger) {
    return ledger::findPicture;
  }

  @Bean
  MeterBinder pictureStoreTrouble(PictureStore store) {
    return meters ->
        DependencyTrouble.register(meters, "picture-store", () -> store.trouble().isPresent());
  }

  /** Pages load pictures from the storage, which their Content-Security-Policy must allow. */
  @Bean
  @ConditionalOnProperty(name = "darkroom.picture.serve", havingValue = "redirect")
  ImageOrigin imageOrigin(PictureStore store) {
    return new ImageOrigin(linking(store).origin());
  }

  private static LinkingPictureStore linking(PictureStore store) {
    if (store instanceof LinkingPictureStore linking) {
      return linking;
    }
    throw new IllegalStateException(
        "darkroom.picture.serve is redirect, which needs darkroom.picture.store=s3; use proxy for"
            + " pictures in files");
  }

  @Bean
  BackgroundLoop pictureRetentionLoop(PictureRetention retention, PictureSettings settings) {
    return new BackgroundLoop("picture-retention", settings.sweep(), retention::round);
  }
}
