package dev.darkroom.gateway.extras.identity;

import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.access.KeyLimits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** What the arguments of the command ask for. */
sealed interface KeyArguments {
  String USAGE =
      """
      java -jar api-gateway.jar keys create --owner=NAME --scopes=generate,read[,operate] [--expires=30d]
           [--requests-per-second=N] [--open-jobs=N] [--jobs-per-day=N] [--weight=N]
      java -jar api-gateway.jar keys list [--owner=NAME]
      java -jar api-gateway.jar keys revoke ID
      The database is that of the gateway: DATABASE_URL in the environment or in .env, or settings such as
      --spring.datasource.url=…
      """;

  int LARGEST_LIMIT = 1_000_000_000;
  int LARGEST_WEIGHT = 100;

  /**
   * A key to be made.
   *
   * @param expires after so long; {@code null} for never
   */
  record Create(String owner, Set<String> scopes, KeyLimits limits, @Nullable Duration expires)
      implements KeyArguments {
    NewAccessKey key(Instant now) {
      return new NewAccessKey(owner, scopes, limits, expires == null ? null : now.plus(expires));
    }
  }

  /**
   * A list of keys.
   *
   * @param owner whose; {@code null} for all
   */
  record ListAll(@Nullable String owner) implements KeyArguments {}

  /** By the id, or by the whole key. */
  record Revoke(String id) implements KeyArguments {}

  /** Something is wrong with them. */
  record Wrong(String reason) implements KeyArguments {}

  /** Settings of Spring Boot have dots in their names, and are not looked at here. */
  static KeyArguments parse(List<String> arguments) {
    var words = new ArrayList<String>();
    var options = new TreeMap<String, String>();
    for (var argument : arguments) {
      if (!argument.startsWith("--")) {
        words.add(argument);
      } else if (!isSetting(argument)) {
        var parts = argument.substring(2).split("=", 2);
        options.put(parts[0], parts.length < 2 ? "" : parts[1]);
      }
    }
    var command = words.isEmpty() ? "" : words.removeFirst();
    try {
      return switch (command) {
        case "create" -> create(words, options);
        case "list" -> list(words, options);
        case "revoke" -> revoke(words, options);
        default -> new Wrong("say what to do: create, list or revoke");
      };
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      return new Wrong(String.valueOf(e.getMessage()));
    }
  }

  static boolean isSetting(String argument) {
    return argument.startsWith("--") && argument.split("=", 2)[0].indexOf('.') > 0;
  }

  private static KeyArguments create(List<String> words, Map<String, String> options) {
    var owner = Optional.ofNullable(options.remove("owner")).map(String::strip).orElse("");
    if (owner.isEmpty() || owner.length() > NewAccessKey.LONGEST_OWNER) {
      throw new IllegalArgumentException(
          "--owner is required, and has at most %d characters"
              .formatted(NewAccessKey.LONGEST_OWNER));
    }
    var scopes = scopes(options.remove("scopes"));
    var expires = Optional.ofNullable(options.remove("expires")).map(KeyArguments::duration);
    var limits =
        new KeyLimits(
            limit(options, "requests-per-second", LARGEST_LIMIT),
            limit(options, "open-jobs", LARGEST_LIMIT),
            limit(options, "jobs-per-day", LARGEST_LIMIT),
            limit(options, "weight", LARGEST_WEIGHT));
    requireNothingElse(words, options);
    return new Create(owner, scopes, limits, expires.orElse(null));
  }

  private static Set<String> scopes(@Nullable String list) {
    var words =
        Arrays.stream(Optional.ofNullable(list).orElse("").split(","))
            .map(String::strip)
            .collect(Collectors.toUnmodifiableSet());
    if (!words.stream().allMatch(word -> Scope.of(word).isPresent())) {
      throw new IllegalArgumentException(
          "--scopes is required: one or more of generate, read and operate, separated by commas");
    }
    return words;
  }

  private static Duration duration(String text) {
    try {
      var duration = DurationStyle.SIMPLE.parse(text);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      // said below
    }
    throw new IllegalArgumentException("--expires must be a duration such as 30d or 12h");
  }

  private static @Nullable Integer limit(Map<String, String> options, String name, int max) {
    var text = options.remove(name);
    if (text == null) {
      return null;
    }
    var number = text.matches("\\d{1,10}") ? Long.parseLong(text) : 0;
    if (number < 1 || number > max) {
      throw new IllegalArgumentException(
          "--%s must be an integer between 1 and %d".formatted(name, max));
    }
    return (int) number;
  }

  private static KeyArguments list(List<String> words, Map<String, String> options) {
    var owner = options.remove("owner");
    requireNothingElse(words, options);
    return new ListAll(owner);
  }

  private static KeyArguments revoke(List<String> words, Map<String, String> options) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("name the key by its id; keys list has it");
    }
    var id = words.removeFirst();
    requireNothingElse(words, options);
    return new Revoke(id);
  }

  private static void requireNothingElse(List<String> words, Map<String, String> options) {
    if (!words.isEmpty()) {
      throw new IllegalArgumentException("%s is one word too many".formatted(words.getFirst()));
    }
    if (!options.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no option --%s".formatted(options.keySet().iterator().next()));
    }
  }
}
