/**
 * Draws the pictures: the same sketch gives the same bytes on any machine, fonts and screen or not.
 */
@NullMarked
package dev.darkroom.simulator.drawing;

import org.jspecify.annotations.NullMarked;
