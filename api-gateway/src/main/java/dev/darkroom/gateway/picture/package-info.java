/** Serves pictures of completed jobs, and deletes them when their retention ends. */
@NullMarked
package dev.darkroom.gateway.picture;

import org.jspecify.annotations.NullMarked;
