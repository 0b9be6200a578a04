package dev.darkroom.worker.limit;

import org.jspecify.annotations.Nullable;

/**
 * What a worker has heard from Nebius since it last asked for permits. Ages are those of the calls,
 * from their beginning, in ms: replies overtake each other, and the latest call knows best.
 */
record News(@Nullable Told told, @Nullable Refused refused) {
  static final News NONE = new News(null, null);

  /**
   * From the headers of a reply.
   *
   * @param limit requests per minute; 0 where the reply did not say
   * @param remaining how many may still come; -1 where the reply did not say
   */
  record Told(int limit, int remaining, long age) {}

  /**
   * A 429.
   *
   * @param retryAfter how long to make no calls, in ms
   */
  record Refused(long retryAfter, long age) {}
}
