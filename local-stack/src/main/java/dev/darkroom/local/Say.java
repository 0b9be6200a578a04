package dev.darkroom.local;

/** What a person at the terminal reads; the log has the rest. */
final class Say {
  private Say() {}

  static void progress(String what) {
    line("darkroom | " + what);
  }

  static void line(String text) {
    System.out.println(text);
    System.out.flush();
  }
}
