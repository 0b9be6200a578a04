/** Decides on which terms a job is accepted, and whether it can be done by its deadline. */
@NullMarked
package dev.darkroom.gateway.submit.admit;

import org.jspecify.annotations.NullMarked;
