/** Routes that make and revoke API keys, and that sign pages in and out. */
@NullMarked
package dev.darkroom.gateway.extras.identity;

import org.jspecify.annotations.NullMarked;
