/** The whole system as processes, and what must hold while they are killed. */
@NullMarked
package dev.darkroom.system;

import org.jspecify.annotations.NullMarked;
