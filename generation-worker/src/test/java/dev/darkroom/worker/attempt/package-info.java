@NullMarked
package dev.darkroom.worker.attempt;

import org.jspecify.annotations.NullMarked;
