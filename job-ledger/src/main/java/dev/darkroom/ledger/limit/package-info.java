/** The row in which all workers of a provider's account keep what they may still call. */
@NullMarked
package dev.darkroom.ledger.limit;

import org.jspecify.annotations.NullMarked;
