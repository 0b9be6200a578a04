/** Serves the log of all requests: pages, text search and exports. */
@NullMarked
package dev.darkroom.gateway.extras.log;

import org.jspecify.annotations.NullMarked;
