package dev.darkroom.gateway.submit;

import dev.darkroom.model.GenerationRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A client's wish, with every default filled in.
 *
 * @param ignored fields of the body that have no meaning here
 * @param given what of it differs each time or by setting, as far as the client named it
 */
record Submission(
    GenerationRequest request,
    String userId,
    Duration deadline,
    List<String> ignored,
    Given given) {
  /** Without these, the same body would not always read the same. */
  record Given(Optional<Long> seed, Optional<Long> deadlineSeconds) {}
}
