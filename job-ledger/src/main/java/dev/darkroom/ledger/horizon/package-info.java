/** The time before which nothing in the log changes any more. */
@NullMarked
package dev.darkroom.ledger.horizon;

import org.jspecify.annotations.NullMarked;
