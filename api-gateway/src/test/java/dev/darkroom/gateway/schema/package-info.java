@NullMarked
package dev.darkroom.gateway.schema;

import org.jspecify.annotations.NullMarked;
