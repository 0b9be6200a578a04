/** Jobs as a list, newest first, with filters and from one position to the next. */
@NullMarked
package dev.darkroom.ledger.listing;

import org.jspecify.annotations.NullMarked;
