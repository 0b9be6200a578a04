/** Publishes accepted jobs to Kafka: at once after the commit, in their turn, or by a sweep. */
@NullMarked
package dev.darkroom.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
