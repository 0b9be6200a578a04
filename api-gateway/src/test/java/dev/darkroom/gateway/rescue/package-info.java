@NullMarked
package dev.darkroom.gateway.rescue;

import org.jspecify.annotations.NullMarked;
