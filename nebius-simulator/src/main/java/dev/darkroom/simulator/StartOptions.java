package dev.darkroom.simulator;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the command line: {@code --latency=1.5s}, or {@code SIMULATOR_LATENCY=1.5s} in
 * the environment, where the command line wins. An environment variable that is empty counts as
 * absent.
 */
final class StartOptions {
  private static final int DEFAULT_PORT = 8090;
  private static final Set<String> NAMES =
      new TreeSet<>(
          Set.of(
              "host",
              "port",
              "api-key",
              "models",
              "latency",
              "jitter",
              "seed",
              "requests-per-minute"));
  private static final Pattern SECONDS = Pattern.compile("\\d+(\\.\\d+)?s");
  private static final Pattern MILLIS = Pattern.compile("\\d+ms");

  private final Map<String, String> values = new HashMap<>();

  private StartOptions() {}

  /**
   * Reads both; what neither names has its default.
   *
   * @throws IllegalArgumentException with a sentence that names the option and says what it should
   *     be
   */
  static SimulatorSettings read(List<String> arguments, Map<String, String> environment) {
    var options = new StartOptions();
    for (var name : NAMES) {
      var value = environment.get("SIMULATOR_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
      if (value != null && !value.isBlank()) {
        options.values.put(name, value.strip());
      }
    }
    arguments.forEach(options::take);
    return options.settings();
  }

  private void take(String argument) {
    int equals = argument.indexOf('=');
    var name = argument.startsWith("--") && equals > 0 ? argument.substring(2, equals) : "";
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "unknown option '%s'; the options are --NAME=VALUE with these names: %s"
              .formatted(argument, String.join(", ", NAMES)));
    }
    values.put(name, argument.substring(equals + 1).strip());
  }

  private SimulatorSettings settings() {
    var defaults = SimulatorSettings.defaults();
    return new SimulatorSettings(
        value("host", Function.identity(), defaults.host(), "an address or a host's name"),
        value("port", Integer::valueOf, DEFAULT_PORT, "a number from 0 to 65535"),
        values.get("api-key"),
        value(
            "models",
            list -> List.of(list.split("\\s*,\\s*", -1)),
            defaults.models(),
            "names with commas between"),
        new Latency(duration("latency"), duration("jitter")),
        quota(),
        value("seed", seed -> new Random(Long.parseLong(seed)), defaults.dice(), "a whole number"),
        defaults.clock());
  }

  private @Nullable QuotaRules quota() {
    @Nullable String given = values.get("requests-per-minute");
    return given == null
        ? null
        : value(
            "requests-per-minute",
            number -> QuotaRules.perMinute(Integer.parseInt(number)),
            QuotaRules.perMinute(1),
            "a whole number from 1");
  }

  private Duration duration(String name) {
    return value(
        name, StartOptions::parseDuration, Duration.ZERO, "a time such as 1.5s, 800ms or PT1.5S");
  }

  private static Duration parseDuration(String text) {
    if (MILLIS.matcher(text).matches()) {
      return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
    }
    return Duration.parse(SECONDS.matcher(text).matches() ? "PT" + text : text);
  }

  private <T> T value(String name, Function<String, ? extends T> read, T absent, String shape) {
    @Nullable String given = values.get(name);
    try {
      return given == null ? absent : read.apply(given);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s must be %s, not '%s'".formatted(name, shape, given), e);
    }
  }
}
