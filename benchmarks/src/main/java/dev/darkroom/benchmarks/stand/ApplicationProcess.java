package dev.darkroom.benchmarks.stand;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An application that is ready to be run, any number of times.
 *
 * @param java options of its JVM
 */
record ApplicationProcess(Path jar, List<String> java) {

  /** Rehearses its start. */
  static ApplicationProcess rehearsed(Path jar, List<String> java) throws Exception {
    var options = new ArrayList<>(java);
    options.add("-XX:AOTCache=" + Rehearsal.of(jar, java));
    return new ApplicationProcess(jar, List.copyOf(options));
  }

  /**
   * What Java is given to run it.
   *
   * @param more options of the JVM, which may take back others
   */
  List<String> arguments(List<String> more) {
    var arguments = new ArrayList<>(java);
    arguments.addAll(more);
    arguments.add("-jar");
    arguments.add(jar.toString());
    return arguments;
  }
}
