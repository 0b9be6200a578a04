package dev.darkroom.ledger.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code docs/job-lifecycle.md}, read as the rules it states. */
record LifecyclePage(
    List<LifecycleState> states, List<Transition> transitions, Set<String> arrows) {
  private static final Path PAGE = Path.of("..", "docs", "job-lifecycle.md");

  /** The columns' values: a number, {@code > 0}, {@code null}, {@code set}, {@code any}. */
  record LifecycleState(
      String name,
      Set<String> queued,
      String attempt,
      String status,
      String attempts,
      String finishedAt,
      String image,
      String error) {}

  record Transition(String name, Set<String> from, Set<String> to) {
    Stream<String> arrows() {
      return name.equals("accept")
          ? Stream.of("[*] --> queued: accept")
          : from.stream()
              .flatMap(one -> to.stream().map(other -> one + " --> " + other + ": " + name));
    }
  }

  static LifecyclePage read() {
    try {
      var lines = Files.readAllLines(PAGE);
      return new LifecyclePage(
          table(lines, "state").stream().map(LifecyclePage::state).toList(),
          table(lines, "transition").stream()
              .map(row -> new Transition(row.get(0), names(row.get(1)), names(row.get(3))))
              .toList(),
          lines.stream()
              .map(String::strip)
              .filter(line -> line.contains("-->") && line.contains(":"))
              .collect(Collectors.toCollection(TreeSet::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LifecycleState state(List<String> row) {
    return new LifecycleState(
        row.get(0),
        names(row.get(1)),
        row.get(2),
        row.get(3),
        row.get(4),
        row.get(5),
        row.get(6),
        row.get(7));
  }

  /** The rows of the table whose first heading this is. */
  private static List<List<String>> table(List<String> lines, String heading) {
    return lines.stream()
        .dropWhile(line -> !line.startsWith("| " + heading + " |"))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line ->
            Stream.of(line.substring(1, line.length() - 1).split("\\|"))
                .map(String::strip)
                .toList())
        .toList();
  }

  private static Set<String> names(String cell) {
    return Stream.of(cell.split(",")).map(String::strip).collect(Collectors.toSet());
  }
}
