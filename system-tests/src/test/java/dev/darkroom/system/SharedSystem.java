package dev.darkroom.system;

import static org.awaitility.Awaitility.await;

import dev.darkroom.system.run.ObservedSystem;
import dev.darkroom.system.stack.SystemSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;

/**
 * One system for all tests of a JVM, for it takes half a minute to start. Each test leaves it whole
 * and quiet, and judges its own jobs only.
 */
public final class SharedSystem {
  private SharedSystem() {}

  /** Whole, quiet, and with a provider that takes 100 to 300 ms. */
  public static ObservedSystem get() {
    var observed = Started.SYSTEM;
    observed.system().startWhatIsDead();
    observed.system().nebius().heal();
    observed.system().nebius().takes(Duration.ofMillis(100), Duration.ofMillis(200));
    await("the jobs of the test before have ended")
        .atMost(Duration.ofMinutes(2))
        .until(() -> observed.ledger().open().filter(Set::isEmpty).isPresent());
    return observed;
  }

  private static final class Started {
    static final ObservedSystem SYSTEM = start();

    private static ObservedSystem start() {
      try {
        var started = ObservedSystem.start("verify", settings());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(started)));
        return started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static SystemSettings settings() {
      var quick = SystemSettings.quick();
      return Boolean.getBoolean("darkroom.chaos.pooler") ? quick.throughPooler() : quick;
    }

    private static void stop(ObservedSystem started) {
      try {
        started.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
