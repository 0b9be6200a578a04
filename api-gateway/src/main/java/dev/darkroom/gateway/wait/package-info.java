/** Holds the reply to a request with {@code Prefer: wait} until its job has ended. */
@NullMarked
package dev.darkroom.gateway.wait;

import org.jspecify.annotations.NullMarked;
