/** What operators do to many jobs at once: pauses, and changes of all that a filter matches. */
@NullMarked
package dev.darkroom.ledger.operate;

import org.jspecify.annotations.NullMarked;
