package dev.darkroom.system;

import static org.awaitility.Awaitility.await;

import dev.darkroom.system.run.ObservedSystem;
import dev.darkroom.system.stack.SystemSettings;
import dev.darkroom.system.stack.TestedGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;

/**
 * One system for all tests of a JVM, for it takes half a minute to start. Each test leaves it whole
 * and quiet, and judges its own jobs only.
 */
public final class SharedSystem {
  /** Where {@link #gatewayThatAsks()} lets people sign in; nobody answers there. */
  public static final String SUPABASE = "https://project.supabase.test";

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

  /** One more gateway of it, which asks everybody who they are; people sign in by Supabase, too. */
  public static TestedGateway gatewayThatAsks() {
    return Asking.GATEWAY;
  }

  private static final class Asking {
    static final TestedGateway GATEWAY =
        get()
            .system()
            .startAnother(
                "gateway-that-asks",
                "--darkroom.access.mode=required",
                "--darkroom.access.supabase-url=" + SUPABASE,
                "--darkroom.access.supabase-public-key=sb_publishable_test");
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
