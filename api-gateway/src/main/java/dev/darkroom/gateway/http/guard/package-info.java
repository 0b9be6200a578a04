/** Refuses requests by host name and origin, and sets the security headers of every reply. */
@NullMarked
package dev.darkroom.gateway.http.guard;

import org.jspecify.annotations.NullMarked;
