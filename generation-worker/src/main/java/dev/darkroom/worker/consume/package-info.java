/**
 * How jobs come in: as many as there is room for, each claimed in the ledger before it is begun.
 */
@NullMarked
package dev.darkroom.worker.consume;

import org.jspecify.annotations.NullMarked;
