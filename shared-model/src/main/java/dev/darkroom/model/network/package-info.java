/** Which addresses of the network may be reached on behalf of somebody outside. */
@NullMarked
package dev.darkroom.model.network;

import org.jspecify.annotations.NullMarked;
