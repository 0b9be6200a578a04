@NullMarked
package dev.darkroom.worker.nebius;

import org.jspecify.annotations.NullMarked;
