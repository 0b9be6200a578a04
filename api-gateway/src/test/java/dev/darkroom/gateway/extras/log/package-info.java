@NullMarked
package dev.darkroom.gateway.extras.log;

import org.jspecify.annotations.NullMarked;
