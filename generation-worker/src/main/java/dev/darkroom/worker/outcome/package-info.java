/** How an attempt's outcome reaches the ledger, and from there Kafka. */
@NullMarked
package dev.darkroom.worker.outcome;

import org.jspecify.annotations.NullMarked;
