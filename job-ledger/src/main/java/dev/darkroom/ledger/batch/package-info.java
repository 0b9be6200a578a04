/** Writers that put concurrent writes into one statement. */
@NullMarked
package dev.darkroom.ledger.batch;

import org.jspecify.annotations.NullMarked;
