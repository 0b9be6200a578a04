/** Tests of groups on a real PostgreSQL. */
@NullMarked
package dev.darkroom.ledger.groups;

import org.jspecify.annotations.NullMarked;
