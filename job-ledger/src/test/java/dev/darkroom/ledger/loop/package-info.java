/** Tests of the one kind of background loop. */
@NullMarked
package dev.darkroom.ledger.loop;

import org.jspecify.annotations.NullMarked;
