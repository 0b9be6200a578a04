package dev.darkroom.local;

import java.util.ArrayList;
import java.util.List;

/**
 * What is printed when the stack is ready: where the page is, a line to copy, which parts are real.
 */
final class WelcomeText {
  private WelcomeText() {}

  static List<String> lines(LocalStack stack) {
    var gateway = stack.gateway();
    var lines = new ArrayList<String>();
    lines.add("");
    lines.add("Darkroom is ready: " + gateway);
    lines.add("");
    lines.add("  Home:       " + gateway + "/");
    lines.add("  Generate:   " + gateway + "/generate");
    lines.add("  Logs:       " + gateway + "/logs");
    lines.add("  API:        " + gateway + "/swagger-ui.html");
    lines.add("");
    lines.add("  Submit a job, then open its imageUrl after a few seconds:");
    lines.add(
        "    curl -i "
            + gateway
            + "/api/generate -H 'Content-Type: application/json' -d '"
            + EXAMPLE
            + "'");
    lines.add("");
    lines.add("  Pictures:   " + stack.pictures());
    lines.add("");
    stack
        .parts()
        .forEach(
            part -> lines.add("  %-11s %s".formatted(part.role().words() + ":", part.where())));
    lines.add("");
    lines.add("  Ctrl-C stops it. Its data is kept for the next start.");
    lines.add("");
    return lines;
  }

  private static final String EXAMPLE =
      "{\"prompt\":\"A beautiful sunset over mountains\",\"style\":\"watercolor\"}";
}
