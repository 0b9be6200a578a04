/** Tests of the audit on a real PostgreSQL. */
@NullMarked
package dev.darkroom.ledger.audit;

import org.jspecify.annotations.NullMarked;
