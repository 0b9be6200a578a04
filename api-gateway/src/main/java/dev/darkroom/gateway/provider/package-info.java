/** Derives from the latest attempts whether pictures can be made, and what holds them up. */
@NullMarked
package dev.darkroom.gateway.provider;

import org.jspecify.annotations.NullMarked;
