@NullMarked
package dev.darkroom.worker.consume;

import org.jspecify.annotations.NullMarked;
