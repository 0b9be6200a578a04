/** The program: which measures are taken, in which order, and what is said meanwhile. */
@NullMarked
package dev.darkroom.benchmarks;

import org.jspecify.annotations.NullMarked;
