/** Decides what becomes of a job after an attempt, and reports it to the ledger and to Kafka. */
@NullMarked
package dev.darkroom.worker.outcome;

import org.jspecify.annotations.NullMarked;
