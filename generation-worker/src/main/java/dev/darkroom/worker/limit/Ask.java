package dev.darkroom.worker.limit;

/**
 * A worker settles what it had, and wants more. What it has not used of its last permits is given
 * back with that.
 *
 * @param spent calls made since it last asked
 * @param wanted permits it could use at once; 0 to have none
 */
record Ask(String worker, int spent, int wanted, News news) {}
