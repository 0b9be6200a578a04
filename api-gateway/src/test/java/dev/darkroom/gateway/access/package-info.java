@NullMarked
package dev.darkroom.gateway.access;

import org.jspecify.annotations.NullMarked;
