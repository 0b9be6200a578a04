@NullMarked
package dev.darkroom.gateway.extras.stream;

import org.jspecify.annotations.NullMarked;
