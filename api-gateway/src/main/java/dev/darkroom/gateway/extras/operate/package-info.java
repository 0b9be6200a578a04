/** Routes for operators: pauses, changes of many jobs at once, and what the workers do. */
@NullMarked
package dev.darkroom.gateway.extras.operate;

import org.jspecify.annotations.NullMarked;
