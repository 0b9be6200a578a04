/** The measures, each beside its floor. */
@NullMarked
package dev.darkroom.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
