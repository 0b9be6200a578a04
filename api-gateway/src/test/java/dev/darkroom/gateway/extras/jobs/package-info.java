@NullMarked
package dev.darkroom.gateway.extras.jobs;

import org.jspecify.annotations.NullMarked;
