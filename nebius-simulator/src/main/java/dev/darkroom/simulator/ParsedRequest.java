package dev.darkroom.simulator;

import java.util.List;

/** What came of reading a request's body. */
sealed interface ParsedRequest {
  record Valid(ImageRequest request) implements ParsedRequest {}

  record Invalid(List<Violation> violations) implements ParsedRequest {}

  record Malformed(String sentence) implements ParsedRequest {}
}
