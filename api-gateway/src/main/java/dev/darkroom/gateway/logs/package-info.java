/** Shows the steps of all requests. */
@NullMarked
package dev.darkroom.gateway.logs;

import org.jspecify.annotations.NullMarked;
