/** The ends of jobs in their order, for readers who come late. */
@NullMarked
package dev.darkroom.ledger.history;

import org.jspecify.annotations.NullMarked;
