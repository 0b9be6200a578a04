/** Connections for those who only read, apart from those on which the ledger keeps its promises. */
@NullMarked
package dev.darkroom.ledger.readers;

import org.jspecify.annotations.NullMarked;
