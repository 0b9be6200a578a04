/** Tells waiting clients when their job has ended. */
@NullMarked
package dev.darkroom.gateway.wait;

import org.jspecify.annotations.NullMarked;
