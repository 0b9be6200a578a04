@NullMarked
package dev.darkroom.gateway.access.required;

import org.jspecify.annotations.NullMarked;
