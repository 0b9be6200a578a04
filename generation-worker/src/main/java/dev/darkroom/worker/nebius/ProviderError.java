package dev.darkroom.worker.nebius;

/**
 * What a provider says of a request that it did not carry out.
 *
 * @param words for people; empty where there are none. Not yet freed from our key
 * @param kind what its codes and types say, whatever the status was
 */
record ProviderError(String words, Kind kind) {
  static final ProviderError SILENT = new ProviderError("", Kind.OTHER);

  enum Kind {
    /** What the request asks to see is refused. */
    CONTENT,
    /** The account can't pay, or has used up what it paid for. */
    BALANCE,
    KEY,
    RATE_LIMIT,
    /** Overloaded, or broken on its side. */
    OUTAGE,
    /** Whatever the status says. */
    OTHER
  }
}
