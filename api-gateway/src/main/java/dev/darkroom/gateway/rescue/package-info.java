/**
 * Frees jobs whose worker fell silent, ends those whose time is up, and shows how many are open.
 */
@NullMarked
package dev.darkroom.gateway.rescue;

import org.jspecify.annotations.NullMarked;
