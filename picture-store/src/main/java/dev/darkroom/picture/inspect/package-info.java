/** Decides from a file's bytes whether it is a whole picture of a supported format. */
@NullMarked
package dev.darkroom.picture.inspect;

import org.jspecify.annotations.NullMarked;
