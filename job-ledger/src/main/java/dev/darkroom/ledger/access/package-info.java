/** Says whose rows a caller sees, and what an API key allows. */
@NullMarked
package dev.darkroom.ledger.access;

import org.jspecify.annotations.NullMarked;
