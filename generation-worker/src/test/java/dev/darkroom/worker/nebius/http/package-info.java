@NullMarked
package dev.darkroom.worker.nebius.http;

import org.jspecify.annotations.NullMarked;
