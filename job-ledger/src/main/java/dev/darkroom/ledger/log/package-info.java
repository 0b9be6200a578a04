/**
 * The log as it is read: pages, searches, counts, and the steps that come while somebody listens.
 */
@NullMarked
package dev.darkroom.ledger.log;

import org.jspecify.annotations.NullMarked;
