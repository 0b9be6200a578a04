/** How values stand in the columns of the two tables, and come back as the types they stand for. */
@NullMarked
package dev.darkroom.ledger.row;

import org.jspecify.annotations.NullMarked;
