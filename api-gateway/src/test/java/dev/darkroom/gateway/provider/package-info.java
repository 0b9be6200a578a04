@NullMarked
package dev.darkroom.gateway.provider;

import org.jspecify.annotations.NullMarked;
