/** Writers whose statements share a transaction with those that come at the same time. */
@NullMarked
package dev.darkroom.ledger.batch;

import org.jspecify.annotations.NullMarked;
