/** The wire contract: what gateway, workers, topics and ledger say to each other. */
@NullMarked
package dev.darkroom.model;

import org.jspecify.annotations.NullMarked;
