/**
 * People with a browser: an installed Chromium, who visits with it, and what they must not meet.
 */
@NullMarked
package dev.darkroom.system.browser;

import org.jspecify.annotations.NullMarked;
