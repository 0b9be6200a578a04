/** Tests of the limit that workers share. */
@NullMarked
package dev.darkroom.ledger.limit;

import org.jspecify.annotations.NullMarked;
