package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import java.util.Optional;

/**
 * The page of the log that a client asks for.
 *
 * @param filter empty where no row can match
 * @param offset rows to skip; 0 with a position
 * @param after where the page before ended; empty for pages by offset
 */
record LogQuery(Optional<LogFilter> filter, int limit, long offset, Optional<LogPosition> after) {}
