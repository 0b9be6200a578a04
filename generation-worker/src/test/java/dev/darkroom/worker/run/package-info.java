@NullMarked
package dev.darkroom.worker.run;

import org.jspecify.annotations.NullMarked;
