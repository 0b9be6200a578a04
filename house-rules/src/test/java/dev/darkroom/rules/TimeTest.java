package dev.darkroom.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static dev.darkroom.rules.HouseClasses.complaintAbout;
import static dev.darkroom.rules.HouseClasses.production;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * The time of day comes from a Clock or from the database. {@code System.nanoTime} may be read by
 * anyone: it says how long something took, and no test has to move it.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class TimeTest {
  private static final ArchRule NO_AMBIENT_TIME =
      noClasses()
          .should()
          .accessTargetWhere(describe("the time of day is read", TimeTest::readsTimeOfDay))
          .as("the time of day arrives through a Clock");

  /** Where the clock of a process is made. */
  private static final Exempt MAKE_THE_CLOCK =
      Exempt.classes(
          "dev.darkroom.gateway.GatewayApplication",
          "dev.darkroom.worker.WorkerApplication",
          "dev.darkroom.simulator.SimulatorSettings",
          "dev.darkroom.benchmarks.BenchmarksApplication");

  /** Loops that wait for something outside that sends no signal, and simulated slowness. */
  private static final Exempt MAY_SLEEP =
      Exempt.packages(
          "dev.darkroom.ledger.loop..", // between rounds
          "dev.darkroom.worker.run..", // until the ledger answers again
          "dev.darkroom.worker.consume..", // until topics and broker are there
          "dev.darkroom.messaging..", // until the broker is there
          "dev.darkroom.simulator..", // draws and sends slowly
          "dev.darkroom.benchmarks.."); // until other processes are ready, or the next call is due

  private static final Set<String> CLOCK_MAKERS =
      Set.of(
          "system", "systemUTC", "systemDefaultZone", "tickMillis", "tickSeconds", "tickMinutes");

  @Test
  void the_time_of_day_arrives_through_a_clock() {
    NO_AMBIENT_TIME.check(production());
  }

  @Test
  void every_way_to_read_the_time_of_day_is_refused() {
    assertThat(complaintAbout("time", NO_AMBIENT_TIME))
        .contains(
            "java.time.Instant.now()",
            "java.time.LocalDateTime.now(java.time.ZoneId)",
            "java.lang.System.currentTimeMillis()",
            "java.util.Date.<init>()",
            "ReadWallClock.later()") // as a method reference
        .doesNotContain("java.time.Clock)", "nanoTime");
  }

  @Test
  void a_clock_is_made_once_per_process() {
    makesNoClock(MAKE_THE_CLOCK).check(production());
  }

  @Test
  void a_clock_made_by_its_user_is_refused() {
    assertThat(complaintAbout("time", makesNoClock(Exempt.NONE)))
        .contains("ReadWallClock", "java.time.Clock.systemUTC()");
  }

  @Test
  void only_loops_that_wait_for_the_outside_sleep() {
    doesNotSleep(MAY_SLEEP).check(production());
  }

  @Test
  void a_sleeper_that_nobody_named_is_refused() {
    assertThat(complaintAbout("time", doesNotSleep(Exempt.NONE)))
        .contains(
            "java.lang.Thread.sleep(java.time.Duration)",
            "java.util.concurrent.TimeUnit.sleep(long)",
            "java.util.concurrent.locks.LockSupport.parkNanos(long)");
  }

  private static ArchRule makesNoClock(Exempt exempt) {
    return noClasses()
        .that(exempt.isNot())
        .should()
        .accessTargetWhere(
            describe(
                "a clock is made",
                access ->
                    CLOCK_MAKERS.contains(access.getName())
                        && Set.of("java.time.Clock", "java.time.InstantSource")
                            .contains(owner(access))))
        .as("the Clock is made where a process starts");
  }

  private static ArchRule doesNotSleep(Exempt exempt) {
    return noClasses()
        .that(exempt.isNot())
        .should()
        .accessTargetWhere(
            describe(
                "a thread sleeps",
                access ->
                    switch (owner(access)) {
                      case "java.lang.Thread", "java.util.concurrent.TimeUnit" ->
                          access.getName().equals("sleep");
                      case "java.util.concurrent.locks.LockSupport" ->
                          access.getName().startsWith("park");
                      default -> false;
                    }))
        .as("only named loops sleep");
  }

  private static boolean readsTimeOfDay(JavaAccess<?> access) {
    var name = access.getName();
    return switch (owner(access)) {
      case "java.lang.System" -> name.equals("currentTimeMillis");
      case "java.util.Date", "java.util.GregorianCalendar" ->
          name.equals("<init>") && parameters(access) == 0;
      case "java.util.Calendar" -> name.equals("getInstance");
      case String owner ->
          owner.startsWith("java.time.") && name.equals("now") && !asksClock(access);
    };
  }

  private static String owner(JavaAccess<?> access) {
    return access.getTargetOwner().getName();
  }

  private static int parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget called
        ? called.getRawParameterTypes().size()
        : 0;
  }

  private static boolean asksClock(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget called
        && called.getRawParameterTypes().stream()
            .anyMatch(type -> type.isEquivalentTo(Clock.class));
  }
}
