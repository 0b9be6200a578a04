/** The worker: takes jobs, calls Nebius, saves pictures and reports how each attempt ended. */
@NullMarked
package dev.darkroom.worker;

import org.jspecify.annotations.NullMarked;
