/** Reads the JSON object of a submission: its fields, and those that belong to other APIs. */
@NullMarked
package dev.darkroom.gateway.submit.fields;

import org.jspecify.annotations.NullMarked;
