/** What is measured, set up: real servers, gateway and worker as processes, a stub of Nebius. */
@NullMarked
package dev.darkroom.benchmarks.stand;

import org.jspecify.annotations.NullMarked;
