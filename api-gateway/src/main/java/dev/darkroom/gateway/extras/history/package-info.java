/** Serves the completion events of all jobs that are kept, in the order of their ends. */
@NullMarked
package dev.darkroom.gateway.extras.history;

import org.jspecify.annotations.NullMarked;
