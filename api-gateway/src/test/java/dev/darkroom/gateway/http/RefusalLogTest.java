package dev.darkroom.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
@DisplayNameGeneration(ReplaceUnderscores.class)
class RefusalLogTest {
  @Test
  void a_thousand_refusals_are_one_line(CapturedOutput output) {
    var meters = new SimpleMeterRegistry();
    var refusals = new RefusalLog(meters);
    for (var i = 0; i < 1_000; i++) {
      refusals.count("too_many_streams");
    }
    assertThat(output.getAll()).doesNotContain("refused");

    refusals.round();
    refusals.round();

    assertThat(output.getAll().lines().filter(line -> line.contains("requests refused;")))
        .hasSize(1);
    assertThat(meters.get("darkroom.refused.requests").tag("reason", "too_many_streams").counter())
        .extracting(counter -> counter.count())
        .isEqualTo(1_000.0);
  }
}
