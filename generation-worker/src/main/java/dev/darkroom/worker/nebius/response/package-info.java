/** Parsers of Nebius's responses: a streamed picture, or what stands in its place. */
@NullMarked
package dev.darkroom.worker.nebius.response;

import org.jspecify.annotations.NullMarked;
