@NullMarked
package dev.darkroom.worker.outcome;

import org.jspecify.annotations.NullMarked;
