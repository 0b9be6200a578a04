/** Tells endpoints of clients what became of their jobs, as Standard Webhooks 1.0 has it. */
@NullMarked
package dev.darkroom.gateway.extras.webhook;

import org.jspecify.annotations.NullMarked;
