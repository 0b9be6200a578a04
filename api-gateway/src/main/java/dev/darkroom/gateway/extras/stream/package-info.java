/** Tells the steps of jobs to whoever listens, as they are written to the ledger. */
@NullMarked
package dev.darkroom.gateway.extras.stream;

import org.jspecify.annotations.NullMarked;
