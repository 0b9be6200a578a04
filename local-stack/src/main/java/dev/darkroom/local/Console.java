package dev.darkroom.local;

/** Writes to the terminal; the log has the details. */
final class Console {
  private Console() {}

  static void progress(String what) {
    line("darkroom | " + what);
  }

  static void line(String text) {
    System.out.println(text);
    System.out.flush();
  }
}
