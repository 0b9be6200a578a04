/**
 * One attempt at a job, from the claim to its outcome, and the leases of all that are under way.
 */
@NullMarked
package dev.darkroom.worker.run;

import org.jspecify.annotations.NullMarked;
