/** A run in which one fault after the other plays while clients submit jobs. */
@NullMarked
package dev.darkroom.system.chaos;

import org.jspecify.annotations.NullMarked;
