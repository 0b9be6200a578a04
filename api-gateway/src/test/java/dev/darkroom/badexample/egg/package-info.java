@NullMarked
package dev.darkroom.badexample.egg;

import org.jspecify.annotations.NullMarked;
