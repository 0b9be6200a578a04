/** Brings accepted jobs to Kafka: at once after the commit, or by a sweep. */
@NullMarked
package dev.darkroom.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
