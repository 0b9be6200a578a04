/** Streams the steps of jobs to clients as server-sent events. */
@NullMarked
package dev.darkroom.gateway.extras.stream;

import org.jspecify.annotations.NullMarked;
