/** The whole system in one process: for a laptop, a first look, and the end-to-end tests. */
@NullMarked
package dev.darkroom.local;

import org.jspecify.annotations.NullMarked;
