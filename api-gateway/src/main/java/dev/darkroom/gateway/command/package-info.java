/** The command {@code keys} of the gateway's jar, which needs nothing but the database. */
@NullMarked
package dev.darkroom.gateway.command;

import org.jspecify.annotations.NullMarked;
