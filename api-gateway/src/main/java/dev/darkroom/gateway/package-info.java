/** The thin door: accepts jobs, answers for them, and publishes what is due. */
@NullMarked
package dev.darkroom.gateway;

import org.jspecify.annotations.NullMarked;
