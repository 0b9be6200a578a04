/** Calls Nebius for one job, behind a circuit breaker, and says what came of the attempt. */
@NullMarked
package dev.darkroom.worker.nebius;

import org.jspecify.annotations.NullMarked;
