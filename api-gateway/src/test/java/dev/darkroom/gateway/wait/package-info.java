/** When gateways read events. */
@NullMarked
package dev.darkroom.gateway.wait;

import org.jspecify.annotations.NullMarked;
