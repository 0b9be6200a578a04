/** Finds out who sends a request and what they may do. */
@NullMarked
package dev.darkroom.gateway.access;

import org.jspecify.annotations.NullMarked;
