/** Counts open jobs, and shows how jobs ended in the last hour. */
@NullMarked
package dev.darkroom.gateway.extras.stats;

import org.jspecify.annotations.NullMarked;
