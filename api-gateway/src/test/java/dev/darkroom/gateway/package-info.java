@NullMarked
package dev.darkroom.gateway;

import org.jspecify.annotations.NullMarked;
