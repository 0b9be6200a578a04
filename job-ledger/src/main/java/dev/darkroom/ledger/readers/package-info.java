/** Connections for reading, separate from the ones on which jobs make progress. */
@NullMarked
package dev.darkroom.ledger.readers;

import org.jspecify.annotations.NullMarked;
