/**
 * Everything that speaks Kafka's wire format: the topics, the job's record and the completion
 * event.
 */
@NullMarked
package dev.darkroom.messaging;

import org.jspecify.annotations.NullMarked;
