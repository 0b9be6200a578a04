package dev.darkroom.worker.limit;

/**
 * The answer to an {@link Ask}. Times are lengths from now, in ms.
 *
 * @param permits how many calls may be made; 0 if none was wanted, or it is not yet this worker's
 *     turn
 * @param startsIn when they may be made, or, without permits, when to ask again
 * @param goodFor for how long from then on
 * @param limit calls per minute
 * @param used calls that all workers have made in the last minute
 * @param pausedFor how long Nebius wants no calls; 0 if it has not said so
 */
record Grant(int permits, long startsIn, long goodFor, double limit, int used, long pausedFor) {}
