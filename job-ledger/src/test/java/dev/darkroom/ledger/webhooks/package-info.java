/** Tests of webhooks in the ledger. */
@NullMarked
package dev.darkroom.ledger.webhooks;

import org.jspecify.annotations.NullMarked;
