/** Keeps something going in the background until the application stops, whatever it throws. */
@NullMarked
package dev.darkroom.gateway.sweep;

import org.jspecify.annotations.NullMarked;
