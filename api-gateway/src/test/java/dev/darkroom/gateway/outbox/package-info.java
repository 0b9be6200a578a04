@NullMarked
package dev.darkroom.gateway.outbox;

import org.jspecify.annotations.NullMarked;
