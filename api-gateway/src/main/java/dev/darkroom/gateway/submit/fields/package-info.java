/** Finds fields of a submission that belong to other APIs, or to nobody. */
@NullMarked
package dev.darkroom.gateway.submit.fields;

import org.jspecify.annotations.NullMarked;
