package dev.darkroom.worker.limit;

/**
 * Permits that a worker has, or a place in the line for some. Times are in ms since the epoch.
 *
 * @param from when they may be used
 * @param until until when; of a place in the line, by when the worker has come for its permits
 * @param live whether the worker has them; otherwise it has to ask again when its turn comes
 */
record Lease(String worker, int permits, long from, long until, boolean live) {}
