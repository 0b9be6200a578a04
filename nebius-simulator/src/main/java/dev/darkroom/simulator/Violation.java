package dev.darkroom.simulator;

import java.util.List;

/** One entry of a 422's {@code detail}. */
record Violation(List<String> loc, String msg, String type) {
  static Violation of(String field, String msg, String type) {
    return new Violation(List.of("body", field), msg, type);
  }
}
