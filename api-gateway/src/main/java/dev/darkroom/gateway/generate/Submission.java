package dev.darkroom.gateway.generate;

import dev.darkroom.model.GenerationRequest;
import java.time.Duration;

/** A client's wish, with every default filled in. */
record Submission(GenerationRequest request, String userId, Duration deadline) {}
