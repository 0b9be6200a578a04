@NullMarked
package dev.darkroom.gateway.limit;

import org.jspecify.annotations.NullMarked;
