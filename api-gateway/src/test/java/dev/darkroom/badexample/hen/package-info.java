@NullMarked
package dev.darkroom.badexample.hen;

import org.jspecify.annotations.NullMarked;
