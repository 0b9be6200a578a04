/** The models that jobs may use: what each takes, how its calls are made, and what is refused. */
@NullMarked
package dev.darkroom.gateway.model;

import org.jspecify.annotations.NullMarked;
