@NullMarked
package dev.darkroom.gateway.picture;

import org.jspecify.annotations.NullMarked;
