/**
 * Those who use the system: they submit, ask again and listen to events, and remember what they
 * were told.
 */
@NullMarked
package dev.darkroom.system.clients;

import org.jspecify.annotations.NullMarked;
