@NullMarked
package dev.darkroom.simulator.drawing;

import org.jspecify.annotations.NullMarked;
