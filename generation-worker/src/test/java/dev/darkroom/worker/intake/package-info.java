@NullMarked
package dev.darkroom.worker.intake;

import org.jspecify.annotations.NullMarked;
