/**
 * One attempt at a job, from the claim to its outcome, and the leases of all that are under way.
 */
@NullMarked
package dev.darkroom.worker.attempt;

import org.jspecify.annotations.NullMarked;
