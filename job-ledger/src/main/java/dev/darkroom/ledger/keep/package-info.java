/** Deletes old jobs, and takes the content out of those of users and owners that are removed. */
@NullMarked
package dev.darkroom.ledger.keep;

import org.jspecify.annotations.NullMarked;
