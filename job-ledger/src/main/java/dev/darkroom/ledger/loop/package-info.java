/** Keeps something going in the background until the application stops, whatever it throws. */
@NullMarked
package dev.darkroom.ledger.loop;

import org.jspecify.annotations.NullMarked;
