@NullMarked
package dev.darkroom.gateway.sweep;

import org.jspecify.annotations.NullMarked;
