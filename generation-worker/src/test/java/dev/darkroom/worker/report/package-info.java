@NullMarked
package dev.darkroom.worker.report;

import org.jspecify.annotations.NullMarked;
