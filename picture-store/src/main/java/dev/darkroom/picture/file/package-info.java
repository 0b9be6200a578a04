/** Stores pictures as files; also the local files and checks that any store needs for uploads. */
@NullMarked
package dev.darkroom.picture.file;

import org.jspecify.annotations.NullMarked;
