/** Writes down who did what to whose jobs, and reads it. */
@NullMarked
package dev.darkroom.ledger.audit;

import org.jspecify.annotations.NullMarked;
