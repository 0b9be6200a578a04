package dev.darkroom.gateway;

import dev.darkroom.ledger.LedgerConfiguration;
import dev.darkroom.ledger.meter.BuildInfo;
import dev.darkroom.messaging.MessagingConfiguration;
import dev.darkroom.picture.wiring.PictureStoreConfiguration;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the gateway, or runs a command of its jar. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@Import({LedgerConfiguration.class, MessagingConfiguration.class, PictureStoreConfiguration.class})
public class GatewayApplication {
  private static final List<String> OF_COMMANDS =
      List.of("--spring.flyway.enabled=false", "--spring.main.keep-alive=false");

  public static void main(String[] arguments) {
    var command = GatewayCommand.named(arguments.length == 0 ? "" : arguments[0]);
    if (command.isPresent()) {
      System.exit(command.get().run(List.of(arguments).subList(1, arguments.length)));
    }
    application(Map.of()).run(arguments);
  }

  /**
   * An application for a command, with the gateway's settings, but without its web server, loops
   * and migrations. It has started.
   *
   * @param wiring what makes it up
   * @param settings of the caller, as {@code --name=value}
   */
  public static ConfigurableApplicationContext ofCommand(Class<?> wiring, List<String> settings) {
    var application = new SpringApplication(wiring);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setDefaultProperties(Map.of("spring.config.name", "application,api-gateway"));
    application.addInitializers(context ->
        ((GenericApplicationContext) context).registerBean(Clock.class, Clock::systemUTC));
    return application.run(
        Stream.concat(settings.stream(), OF_COMMANDS.stream()).toArray(String[]::new));
  }

  /**
   * The application, not yet started. Its settings are in {@code api-gateway.yml}, so that several
   * applications can run in one JVM; whoever starts it may add properties as {@code --name=value}.
   *
   * @param defaults for what neither arguments, environment nor files set
   */
  public static SpringApplication application(Map<String, Object> defaults) {
    var all = new HashMap<>(defaults);
    all.put("spring.config.name", "application,api-gateway");
    var application = new SpringApplication(GatewayApplication.class);
    application.setDefaultProperties(all);
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

  /** For seeds and trace ids, which need to differ, not to be secret. */
  @Bean
  RandomGenerator random() {
    return () -> ThreadLocalRandom.current().nextLong();
  }
}
