package dev.darkroom.gateway.extras.log;

import dev.darkroom.ledger.log.LogFilter;
import dev.darkroom.ledger.log.LogPlace;
import java.util.Optional;

/**
 * Which page of the logs is asked for.
 *
 * @param filter empty where nothing can match
 * @param offset rows before the page; 0 where there is a place
 * @param after where the page before has ended, if that is known
 */
record LogQuery(Optional<LogFilter> filter, int limit, long offset, Optional<LogPlace> after) {}
