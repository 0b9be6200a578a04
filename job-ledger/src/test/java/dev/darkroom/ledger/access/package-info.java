@NullMarked
package dev.darkroom.ledger.access;

import org.jspecify.annotations.NullMarked;
