package dev.darkroom.simulator;

import java.util.List;

/** What came of reading a request's body. */
sealed interface Reading {
  record Valid(GenerationRequest request) implements Reading {}

  record Invalid(List<Violation> violations) implements Reading {}

  record Malformed(String sentence) implements Reading {}
}
