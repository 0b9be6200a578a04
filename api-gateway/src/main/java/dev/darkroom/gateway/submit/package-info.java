/** Takes requests for pictures and answers for them. */
@NullMarked
package dev.darkroom.gateway.submit;

import org.jspecify.annotations.NullMarked;
