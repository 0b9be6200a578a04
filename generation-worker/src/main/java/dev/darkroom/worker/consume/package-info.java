/** Takes jobs from Kafka while the worker has capacity, and has each claimed in the ledger. */
@NullMarked
package dev.darkroom.worker.consume;

import org.jspecify.annotations.NullMarked;
