/** Real PostgreSQL and Kafka servers started from this JVM, with their state on disk. */
@NullMarked
package dev.darkroom.embedded;

import org.jspecify.annotations.NullMarked;
