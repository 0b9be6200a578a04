/** Cables between processes that can be cut. */
@NullMarked
package dev.darkroom.system.network;

import org.jspecify.annotations.NullMarked;
