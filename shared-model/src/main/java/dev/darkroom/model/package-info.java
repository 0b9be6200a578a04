/** The wire contract: types that gateway, workers, topics and ledger share. */
@NullMarked
package dev.darkroom.model;

import org.jspecify.annotations.NullMarked;
