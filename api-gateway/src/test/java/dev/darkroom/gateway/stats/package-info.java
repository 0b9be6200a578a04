@NullMarked
package dev.darkroom.gateway.stats;

import org.jspecify.annotations.NullMarked;
