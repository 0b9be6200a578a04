/** Migrates the schema before anything else starts, without blocking other sessions. */
@NullMarked
package dev.darkroom.gateway.schema;

import org.jspecify.annotations.NullMarked;
