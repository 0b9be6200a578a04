/** Tests of retention and erasure in a running gateway. */
@NullMarked
package dev.darkroom.gateway.extras.keep;

import org.jspecify.annotations.NullMarked;
