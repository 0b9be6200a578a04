/** Takes requests for pictures and answers for them. */
@NullMarked
package dev.darkroom.gateway.generate;

import org.jspecify.annotations.NullMarked;
