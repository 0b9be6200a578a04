/** The rules of the house, run over all that is built here; each was seen to fail on a fixture. */
@NullMarked
package dev.darkroom.rules;

import org.jspecify.annotations.NullMarked;
