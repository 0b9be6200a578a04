package dev.darkroom.ledger;

import java.util.List;

/**
 * A page of the log, newest first.
 *
 * @param count rows that match the filter, on all pages
 */
public record LogPage(List<LogEntry> logs, long count) {}
