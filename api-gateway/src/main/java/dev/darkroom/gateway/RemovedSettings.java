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

  private static final String SCANNED =
      "a search scans the log; create idx_generation_logs_prompt by hand if that is too slow";
  private static final String CONSTANT = "none; it is a constant now";

  private static final Map<String, String> SUCCESSORS =
      Map.of(
          "darkroom.stats.sweep", LAST_HOUR,
          "darkroom.stats.keep", LAST_HOUR,
          "darkroom.logs.index-prompts", SCANNED,
          "darkroom.logs.index-batch", SCANNED,
          "darkroom.live.pause", CONSTANT,
          "darkroom.live.patience", CONSTANT,
          "darkroom.webhook.base-url", "darkroom.web.public-url",
          "server.forward-headers-strategy", "darkroom.web.trusted-proxies");

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
