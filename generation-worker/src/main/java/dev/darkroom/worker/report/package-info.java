/** How an attempt's outcome reaches the ledger, and from there Kafka. */
@NullMarked
package dev.darkroom.worker.report;

import org.jspecify.annotations.NullMarked;
