/** Says how the system is doing: how many jobs there are, how they end and how long they take. */
@NullMarked
package dev.darkroom.gateway.extras.stats;

import org.jspecify.annotations.NullMarked;
