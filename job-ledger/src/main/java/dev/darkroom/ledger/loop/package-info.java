/**
 * Background loops: threads that repeat a round until the application stops, with health and age.
 */
@NullMarked
package dev.darkroom.ledger.loop;

import org.jspecify.annotations.NullMarked;
