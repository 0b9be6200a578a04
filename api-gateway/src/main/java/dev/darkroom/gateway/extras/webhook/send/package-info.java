/** Signs a message and sends it once, to a public address, and tells what came of that. */
@NullMarked
package dev.darkroom.gateway.extras.webhook.send;

import org.jspecify.annotations.NullMarked;
