@NullMarked
package dev.darkroom.gateway.logs;

import org.jspecify.annotations.NullMarked;
