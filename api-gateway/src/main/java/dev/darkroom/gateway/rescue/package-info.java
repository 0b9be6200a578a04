/** Frees jobs whose worker went silent, and ends jobs whose deadline has passed. */
@NullMarked
package dev.darkroom.gateway.rescue;

import org.jspecify.annotations.NullMarked;
