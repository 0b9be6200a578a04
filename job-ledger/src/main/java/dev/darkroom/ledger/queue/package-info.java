/** Brings jobs and their completion events to Kafka in a fair order, each until Kafka has it. */
@NullMarked
package dev.darkroom.ledger.queue;

import org.jspecify.annotations.NullMarked;
