/** Where access is required: checks keys and tokens, and what each route needs. */
@NullMarked
package dev.darkroom.gateway.access.required;

import org.jspecify.annotations.NullMarked;
