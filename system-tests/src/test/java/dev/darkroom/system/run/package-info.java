/** The tested system with clients, consumers and everything that is remembered of them. */
@NullMarked
package dev.darkroom.system.run;

import org.jspecify.annotations.NullMarked;
