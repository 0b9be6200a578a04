/** Runs jobs: claims them, carries out one attempt each, and renews their leases. */
@NullMarked
package dev.darkroom.worker.run;

import org.jspecify.annotations.NullMarked;
