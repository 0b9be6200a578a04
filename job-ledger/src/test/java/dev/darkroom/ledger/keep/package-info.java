/** Tests of retention and erasure on a real PostgreSQL. */
@NullMarked
package dev.darkroom.ledger.keep;

import org.jspecify.annotations.NullMarked;
