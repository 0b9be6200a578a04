/** Brings the database's schema up to date before anything else starts, and holds up nobody. */
@NullMarked
package dev.darkroom.gateway.schema;

import org.jspecify.annotations.NullMarked;
