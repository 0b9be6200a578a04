@NullMarked
package dev.darkroom.gateway.extras.usage;

import org.jspecify.annotations.NullMarked;
