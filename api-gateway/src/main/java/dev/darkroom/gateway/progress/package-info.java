/** Tells waiting clients when their job has ended. */
@NullMarked
package dev.darkroom.gateway.progress;

import org.jspecify.annotations.NullMarked;
