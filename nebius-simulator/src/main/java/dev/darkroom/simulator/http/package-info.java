/**
 * An HTTP/1.1 server small enough to misbehave on purpose: it owns its sockets, so it can reset
 * them, cut a body short or let one drip, which servers made to behave cannot.
 */
@NullMarked
package dev.darkroom.simulator.http;

import org.jspecify.annotations.NullMarked;
