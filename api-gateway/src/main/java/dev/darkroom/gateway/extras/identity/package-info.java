/** Makes and revokes API keys, by routes and by a command, and signs pages in and out. */
@NullMarked
package dev.darkroom.gateway.extras.identity;

import org.jspecify.annotations.NullMarked;
