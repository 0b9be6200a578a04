package dev.darkroom.benchmarks;

/** What the person at the terminal reads. */
final class ProgressConsole {
  private ProgressConsole() {}

  static void progress(String measure, String what) {
    line("benchmarks | %s: %s".formatted(measure, what));
  }

  static void line(String text) {
    System.out.println(text);
    System.out.flush();
  }
}
