/** What the steps add up to, minute by minute. */
@NullMarked
package dev.darkroom.ledger.statistics;

import org.jspecify.annotations.NullMarked;
