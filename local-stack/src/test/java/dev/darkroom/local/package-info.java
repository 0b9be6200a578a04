@NullMarked
package dev.darkroom.local;

import org.jspecify.annotations.NullMarked;
