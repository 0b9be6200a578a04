/** Wires the ledger, the only module that speaks SQL, for applications that import it. */
@NullMarked
package dev.darkroom.ledger;

import org.jspecify.annotations.NullMarked;
