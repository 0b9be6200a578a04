package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPosition;
import java.util.Optional;

/**
 * The page of the log that a client asks for.
 *
 * @param filter empty where no row can match
 * @param offset rows to skip; 0 with a cursor or a text
 * @param after where the page before ended; the start without a cursor
 */
record LogQuery(Optional<LogFilter> filter, int limit, long offset, LogPosition after) {}
