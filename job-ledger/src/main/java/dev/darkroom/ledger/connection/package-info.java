/** Connects to the database of {@code DATABASE_URL}, through poolers and across failovers. */
@NullMarked
package dev.darkroom.ledger.connection;

import org.jspecify.annotations.NullMarked;
