@NullMarked
package dev.darkroom.gateway.extras.stats;

import org.jspecify.annotations.NullMarked;
