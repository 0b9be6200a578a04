/** Limits how often a caller submits jobs and reads much. */
@NullMarked
package dev.darkroom.gateway.limit;

import org.jspecify.annotations.NullMarked;
