/** Deletes old jobs, and removes users and owners everywhere. */
@NullMarked
package dev.darkroom.gateway.extras.keep;

import org.jspecify.annotations.NullMarked;
