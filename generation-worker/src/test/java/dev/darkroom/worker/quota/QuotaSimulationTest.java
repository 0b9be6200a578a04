package dev.darkroom.worker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.simulator.QuotaRules;
import dev.darkroom.simulator.QuotaRules.Counting;
import dev.darkroom.simulator.RequestQuota;
import dev.darkroom.worker.quota.SimulatedFleet.Headers;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QuotaSimulationTest {
  @Test
  void explore() {
    var lines = new ArrayList<String>();
    for (var headers : Headers.values()) {
      for (var counting : Counting.values()) {
        for (var size : new int[] {1, 4, 16}) {
          var clock = new VirtualClock();
          var nebius = new RequestQuota(QuotaRules.perMinute(60).counting(counting), clock);
          var book = new TestingQuotaBook<Quota>(clock);
          var fleet =
              new SimulatedFleet(
                  clock, nebius, headers, size, _ -> new ShareQuota(book, 60)::answer);
          var began = System.nanoTime();
          fleet.run(Duration.ofHours(4));
          lines.add(
              "SIM %s %s %d: used %.1f %% of %.0f, 429 %.2f %%, limit %d, asks/call %.2f, %d ms, calls %s"
                  .formatted(
                      headers,
                      counting,
                      size,
                      100 * nebius.used() / nebius.granted(),
                      nebius.granted(),
                      100.0 * nebius.refused() / fleet.calls,
                      nebius.limit(),
                      (double) fleet.asks / fleet.calls,
                      (System.nanoTime() - began) / 1_000_000,
                      fleet.callsOfEach()));
        }
      }
    }
    lines.forEach(System.out::println);
    assertThat(lines).isNotEmpty();
  }
}
