package dev.darkroom.gateway.submit;

import dev.darkroom.model.GenerationRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a client submitted, with every default filled in.
 *
 * @param ignored fields of the body that have no meaning here
 * @param given what the client named of the fields whose defaults vary
 */
record Submission(
    GenerationRequest request,
    String userId,
    Duration deadline,
    List<String> ignored,
    Given given) {
  /** With drawn or configured defaults the same body would not always be equal. */
  record Given(Optional<Long> seed, Optional<Long> deadlineSeconds) {}
}
