/** Creates the picture store that the settings name, and its health indicator. */
@NullMarked
package dev.darkroom.picture.wiring;

import org.jspecify.annotations.NullMarked;
