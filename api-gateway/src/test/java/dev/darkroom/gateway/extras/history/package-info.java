@NullMarked
package dev.darkroom.gateway.extras.history;

import org.jspecify.annotations.NullMarked;
