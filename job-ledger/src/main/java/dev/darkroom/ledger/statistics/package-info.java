/** Reads how jobs ended, and what the latest attempts say about the provider. */
@NullMarked
package dev.darkroom.ledger.statistics;

import org.jspecify.annotations.NullMarked;
