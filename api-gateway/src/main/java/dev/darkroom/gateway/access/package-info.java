/** Finds out who sends a request and what they may do, and asks nobody where access is open. */
@NullMarked
package dev.darkroom.gateway.access;

import org.jspecify.annotations.NullMarked;
