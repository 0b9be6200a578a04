/** Tests of webhooks. */
@NullMarked
package dev.darkroom.gateway.extras.webhook;

import org.jspecify.annotations.NullMarked;
