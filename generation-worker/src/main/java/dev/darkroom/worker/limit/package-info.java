/** How many calls may be made: one limit for all workers, shared out as permits. */
@NullMarked
package dev.darkroom.worker.limit;

import org.jspecify.annotations.NullMarked;
