/** Says whether pictures can be made now, and what holds them up; see docs/operations.md. */
@NullMarked
package dev.darkroom.gateway.provider;

import org.jspecify.annotations.NullMarked;
