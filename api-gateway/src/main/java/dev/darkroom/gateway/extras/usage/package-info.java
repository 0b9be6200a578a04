/** Sums up what jobs have cost and brought. */
@NullMarked
package dev.darkroom.gateway.extras.usage;

import org.jspecify.annotations.NullMarked;
