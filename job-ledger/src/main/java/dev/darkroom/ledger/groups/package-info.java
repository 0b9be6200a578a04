/** Jobs that were asked for by one request: accepted together, and told of once when all ended. */
@NullMarked
package dev.darkroom.ledger.groups;

import org.jspecify.annotations.NullMarked;
