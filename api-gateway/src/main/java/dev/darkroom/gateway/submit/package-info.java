/** Accepts jobs and shows them. */
@NullMarked
package dev.darkroom.gateway.submit;

import org.jspecify.annotations.NullMarked;
