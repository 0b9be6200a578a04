package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.testservers.TestServers;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class LogLineIT {
  @Test
  void what_comes_from_outside_begins_no_line_of_its_own(CapturedOutput output) {
    try (var _ = RunningGateway.start(TestServers.freshDatabase(), TestServers.kafka())) {
      LoggerFactory.getLogger(LogLineIT.class)
          .atWarn()
          .addKeyValue("user_id", "eve\r\n2026-11-29 ERROR forged\u001b[2K")
          .log("said");
    }

    assertThat(output.getAll())
        .containsPattern("WARN  LogLineIT +said user_id=\"eve {2}2026-11-29 ERROR forged \\[2K\"");
  }
}
