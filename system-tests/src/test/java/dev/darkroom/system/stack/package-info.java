/**
 * The tested system: which processes there are, how they are told of one another, and how to reach
 * each.
 */
@NullMarked
package dev.darkroom.system.stack;

import org.jspecify.annotations.NullMarked;
