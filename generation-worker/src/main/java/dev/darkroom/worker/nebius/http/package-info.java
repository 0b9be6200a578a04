/**
 * HTTP below the calls to Nebius: clients, connections, content codings, and where images may be.
 */
@NullMarked
package dev.darkroom.worker.nebius.http;

import org.jspecify.annotations.NullMarked;
