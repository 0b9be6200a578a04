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
      LoggerFactory.getLogger(LogLineIT.class)
          .atWarn()
          .addKeyValue("user_id", "\u009b2J\u202eeve\u0085\u2028\u2029\u200b")
          .setCause(new IllegalStateException("broken\n2026-11-29 ERROR forged\u009b\u202e"))
          .log("heard\u009b\u202e\u2028\n2026-11-29 ERROR forged");
    }

    assertThat(output.getAll())
        .containsPattern("WARN  LogLineIT +said user_id=\"eve {2}2026-11-29 ERROR forged \\[2K\"");
    assertThat(output.getAll())
        .contains("heard   \n    2026-11-29 ERROR forged user_id=\" 2J eve    \"")
        .contains("IllegalStateException: broken\n    2026-11-29 ERROR forged  \n    \tat ")
        .doesNotContainPattern("[\u0080-\u009f\u202e\u2028\u2029\u200b]")
        .doesNotContainPattern("(?m)^2026-11-29 ERROR");
  }
}
