package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.system.chaos.ChaosReport;
import dev.darkroom.system.chaos.ChaosRun;
import dev.darkroom.system.promises.Promise.Breach;
import dev.darkroom.system.promises.Promises;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** docs/reliability.md says how to run it for longer and with another seed. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ChaosIT {
  private static final long SEED = Long.getLong("darkroom.chaos.seed", 1);
  private static final Duration LENGTH =
      Duration.ofMillis(
          (long) (60_000 * Double.parseDouble(System.getProperty("darkroom.chaos.minutes", "1"))));

  @Test
  void all_promises_are_kept_while_one_fault_follows_the_other() throws Exception {
    var observed = SharedSystem.get();
    var started = Clock.systemUTC().instant();
    var played = new ChaosRun(observed, SEED, LENGTH).play();
    observed.awaitQuiet(started, observed.system().settings().deadline().plusSeconds(30));

    var evidence = observed.evidence().since(started);
    var breaches = Promises.breaches(evidence);
    var report = ChaosReport.of(SEED, played, evidence, breaches);
    System.out.println(report.table());
    Files.writeString(Path.of("target", "chaos-" + SEED + ".md"), report.table());
    assertThat(evidence.jobs()).isNotEmpty();
    assertThat(report.uncalledForAnswers()).isZero();
    assertThat(breaches.stream().map(Breach::says))
        .as(() -> Promises.inFull(breaches) + "\nlogs: " + observed.system().folder().path())
        .isEmpty();
  }
}
