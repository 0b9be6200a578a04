package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.results.Finding;
import dev.darkroom.benchmarks.stand.Stand;
import java.util.List;
import java.util.function.Consumer;

/** Something to find out about the system. */
public interface Benchmark {
  /** By which it is asked for. */
  String name();

  /**
   * Takes the measure.
   *
   * @param say what is being done, for whoever waits
   */
  List<Finding> take(Stand stand, Consumer<String> say) throws Exception;
}
