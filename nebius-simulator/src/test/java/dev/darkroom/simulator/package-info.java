@NullMarked
package dev.darkroom.simulator;

import org.jspecify.annotations.NullMarked;
