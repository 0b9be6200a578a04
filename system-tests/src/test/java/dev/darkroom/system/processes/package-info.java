/** Processes that can be killed, frozen and started again, and the servers among them. */
@NullMarked
package dev.darkroom.system.processes;

import org.jspecify.annotations.NullMarked;
