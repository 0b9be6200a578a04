/** Where pictures lie: saved once, whole or not at all, and read back by request id. */
@NullMarked
package dev.darkroom.picture;

import org.jspecify.annotations.NullMarked;
