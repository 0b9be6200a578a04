package dev.darkroom.worker.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many threads this process may have: {@code pids.max} of its control group (version 2, or 1)
 * and {@code ulimit -u}, whichever is lower. Linux only; elsewhere nothing is known.
 *
 * @param root the root of the file system
 */
record ThreadLimit(Path root) {
  /** Of the virtual machine, Kafka's clients, the connections and the health page. */
  private static final int OTHERS = 100;

  private static final Pattern GROUP = Pattern.compile("\\d+:(?:pids|[^:]*,pids.*|):(/.*)");
  private static final Pattern PROCESSES = Pattern.compile("Max processes\\s+(\\d+)\\s.*");

  /** Empty where there is no limit, or none is known. */
  OptionalLong threads() {
    var groups = lines("proc/self/cgroup").flatMap(line -> first(GROUP, line)).toList();
    var ofGroups =
        Stream.concat(groups.stream(), Stream.of("/"))
            .flatMap(group -> Stream.of("sys/fs/cgroup" + group, "sys/fs/cgroup/pids" + group))
            .flatMap(folder -> lines(folder + "/pids.max"));
    var ofUser = lines("proc/self/limits").flatMap(line -> first(PROCESSES, line));
    return Stream.concat(ofGroups, ofUser)
        .filter(number -> number.matches("\\d{1,18}")) // else "max"
        .mapToLong(Long::parseLong)
        .min();
  }

  /** Whether this many jobs may find no threads. */
  boolean isTooLowFor(int jobs) {
    var threads = threads();
    return threads.isPresent() && threads.getAsLong() < (long) jobs + OTHERS;
  }

  private static Stream<String> first(Pattern pattern, String line) {
    var found = pattern.matcher(line);
    return found.matches() ? Stream.of(Objects.requireNonNull(found.group(1))) : Stream.empty();
  }

  private Stream<String> lines(String file) {
    try {
      return Files.readString(root.resolve(file)).lines();
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
