/** Tests of signing and sending. */
@NullMarked
package dev.darkroom.gateway.extras.webhook.send;

import org.jspecify.annotations.NullMarked;
