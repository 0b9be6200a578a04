package dev.darkroom.gateway.picture;

import dev.darkroom.gateway.http.ImageOrigin;
import dev.darkroom.ledger.jobs.JobQueries;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.meter.DependencyTrouble;
import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.PictureStore;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PictureConfiguration {

  @Bean
  HandOutPicture handOutPicture(PictureStore store, PictureSettings settings) {
    return new HandOutPicture(
        store,
        switch (settings.serve()) {
          case PROXY -> Optional.empty();
          case REDIRECT -> Optional.of(new RedirectToStorage(linking(store), settings));
        });
  }

  @Bean
  PictureApi.CompletedPicture completedPicture(JobQueries ledger) {
    return ledger::findPicture;
  }

  @Bean
  MeterBinder pictureStoreTrouble(PictureStore store) {
    return meters ->
        DependencyTrouble.register(meters, "picture-store", () -> store.trouble().isPresent());
  }

  /** The pages show pictures, which come from the storage then. */
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
        "darkroom.picture.serve is redirect, but should be proxy: clients can be sent nowhere else for pictures that lie in files (darkroom.picture.store)");
  }

  @Bean
  BackgroundLoop oldPicturesSweep(RemoveOldPictures old, PictureSettings settings) {
    return new BackgroundLoop("remove-old-pictures", settings.sweep(), old::round);
  }
}
