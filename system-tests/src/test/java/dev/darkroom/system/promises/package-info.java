/** What must hold whatever fails; each promise is an object that judges evidence. */
@NullMarked
package dev.darkroom.system.promises;

import org.jspecify.annotations.NullMarked;
