/** Shows the steps of all requests. */
@NullMarked
package dev.darkroom.gateway.extras.log;

import org.jspecify.annotations.NullMarked;
