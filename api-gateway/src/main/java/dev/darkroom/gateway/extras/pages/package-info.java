/** Serves the HTML pages. */
@NullMarked
package dev.darkroom.gateway.extras.pages;

import org.jspecify.annotations.NullMarked;
