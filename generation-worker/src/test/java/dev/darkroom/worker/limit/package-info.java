@org.jspecify.annotations.NullMarked
package dev.darkroom.worker.limit;
