/** Pauses and operations, tried on a real database. */
@NullMarked
package dev.darkroom.ledger.operate;

import org.jspecify.annotations.NullMarked;
