/** One PostgreSQL and one Kafka for all integration tests of a JVM, wherever it runs. */
@NullMarked
package dev.darkroom.testservers;

import org.jspecify.annotations.NullMarked;
