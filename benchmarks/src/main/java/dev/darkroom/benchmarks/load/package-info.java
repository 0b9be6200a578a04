/** Load, as cheap as possible: it runs on the same processors as what it measures. */
@NullMarked
package dev.darkroom.benchmarks.load;

import org.jspecify.annotations.NullMarked;
