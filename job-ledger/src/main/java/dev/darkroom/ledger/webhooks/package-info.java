/** Webhooks: collects events from the log, hands out deliveries, and keeps what came of them. */
@NullMarked
package dev.darkroom.ledger.webhooks;

import org.jspecify.annotations.NullMarked;
