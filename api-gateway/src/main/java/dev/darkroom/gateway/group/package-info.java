/** Notices when all jobs of a group have ended, and tells it once. */
@NullMarked
package dev.darkroom.gateway.group;

import org.jspecify.annotations.NullMarked;
