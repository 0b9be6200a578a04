@NullMarked
package dev.darkroom.gateway.live;

import org.jspecify.annotations.NullMarked;
