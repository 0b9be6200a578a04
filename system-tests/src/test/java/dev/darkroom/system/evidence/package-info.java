/** What is known about each job after a run, from every side. */
@NullMarked
package dev.darkroom.system.evidence;

import org.jspecify.annotations.NullMarked;
