@NullMarked
package dev.darkroom.picture.file;

import org.jspecify.annotations.NullMarked;
