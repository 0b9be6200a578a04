/** The way to Nebius and back: what is asked, and how each answer or failure is read. */
@NullMarked
package dev.darkroom.worker.nebius;

import org.jspecify.annotations.NullMarked;
