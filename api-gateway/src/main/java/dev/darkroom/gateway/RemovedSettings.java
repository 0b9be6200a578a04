package dev.darkroom.gateway;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Warns at the start of settings that have no effect any more, and names what replaces them. */
@Component
final class RemovedSettings {
  private static final Logger log = LoggerFactory.getLogger(RemovedSettings.class);
  private static final String LAST_HOUR =
      "GET /api/stats covers the last hour; Prometheus keeps longer ranges";

  private static final Map<String, String> SUCCESSORS =
      Map.of("darkroom.stats.sweep", LAST_HOUR, "darkroom.stats.keep", LAST_HOUR);

  RemovedSettings(Environment environment) {
    SUCCESSORS.forEach((setting, successor) -> {
      if (environment.containsProperty(setting)) {
        log.atWarn()
            .addKeyValue("setting", setting)
            .addKeyValue("successor", successor)
            .log("setting was removed and has no effect");
      }
    });
  }
}
