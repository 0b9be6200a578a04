package dev.darkroom.benchmarks.results;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages about performance. What stands between {@code <!-- results of NAMES -->} and {@code
 * <!-- end of results -->} is written by the program, never by hand.
 */
public final class PerformancePage {
  private static final Pattern PLACE =
      Pattern.compile(
          "(<!-- results of ([\\w, ]+) -->\n).*?(<!-- end of results -->)", Pattern.DOTALL);
  private static final String WHEN = "run";

  private PerformancePage() {}

  public static List<Path> allIn(Path project) {
    return List.of(
        project.resolve("docs/performance.md"), project.resolve("benchmarks/results/growth.md"));
  }

  /** The page with the tables of these results. */
  public static String with(Results results, String page) {
    return PLACE
        .matcher(page)
        .replaceAll(place ->
            Matcher.quoteReplacement(
                place.group(1) + content(results, place.group(2)) + place.group(3)));
  }

  private static String content(Results results, String names) {
    if (names.equals(WHEN)) {
      return "Commit `%s`, %s: %s, Java %s, PostgreSQL %s, Kafka %s.\n"
          .formatted(
              results.commit(),
              results.date(),
              results.machine(),
              results.jvm(),
              results.postgresql(),
              results.kafka());
    }
    var wanted = List.of(names.split(", *"));
    return ResultTable.of(
        results.findings().stream().filter(finding -> wanted.contains(finding.measure())).toList());
  }
}
