package dev.darkroom.gateway.logs;

import dev.darkroom.ledger.LogFilter;
import java.util.Optional;

/**
 * Which logs are asked for.
 *
 * @param filter empty where nothing can match
 */
record LogQuery(Optional<LogFilter> filter, int limit, long offset) {}
