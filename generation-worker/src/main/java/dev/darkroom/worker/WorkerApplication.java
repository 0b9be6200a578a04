package dev.darkroom.worker;

import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.ledger.meter.BuildInfo;
import dev.darkroom.messaging.MessagingConfiguration;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The generation worker; its settings are in {@code generation-worker.yml}. */
@SpringBootApplication
@Import({LedgerConfiguration.class, MessagingConfiguration.class, PictureStoreConfiguration.class})
public class WorkerApplication {

  public static void main(String[] args) {
    application().run(args);
  }

  /**
   * The application with its own settings file, so that it can share a process with the gateway.
   */
  public static SpringApplication application() {
    var application = new SpringApplication(WorkerApplication.class);
    application.setDefaultProperties(Map.of("spring.config.name", "application,generation-worker"));
    application.addListeners(new NativeCryptography(), new ManagementAddress());
    return application;
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  MeterBinder buildInfo(ObjectProvider<BuildProperties> build) {
    var known = Optional.ofNullable(build.getIfAvailable());
    return meters ->
        BuildInfo.register(
            meters,
            known.map(BuildProperties::getVersion).orElse(null),
            known.map(properties -> properties.get("commit")).orElse(null));
  }

  @Bean
  RandomGenerator random() {
    return new Random();
  }
}
