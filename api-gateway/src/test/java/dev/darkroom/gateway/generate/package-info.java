@NullMarked
package dev.darkroom.gateway.generate;

import org.jspecify.annotations.NullMarked;
