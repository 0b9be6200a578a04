/** The limit of calls to a provider that all workers share. */
@NullMarked
package dev.darkroom.ledger.limit;

import org.jspecify.annotations.NullMarked;
