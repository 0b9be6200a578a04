/** What was found: ratios and targets, as a file, as a table, and on the page about performance. */
@NullMarked
package dev.darkroom.benchmarks.results;

import org.jspecify.annotations.NullMarked;
