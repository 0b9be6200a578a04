@NullMarked
package dev.darkroom.picture.wiring;

import org.jspecify.annotations.NullMarked;
