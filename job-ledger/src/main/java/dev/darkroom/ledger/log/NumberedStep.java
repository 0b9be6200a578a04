package dev.darkroom.ledger.log;

/**
 * A row of the log with its number. The numbers of one request's steps grow in the order in which
 * they were committed, because each transition locks the job's row before it writes to the log;
 * those of two requests may be committed in either order, and numbers may be missing for ever.
 */
public record NumberedStep(long seq, LogEntry row) {}
