@NullMarked
package dev.darkroom.gateway.extras.identity;

import org.jspecify.annotations.NullMarked;
