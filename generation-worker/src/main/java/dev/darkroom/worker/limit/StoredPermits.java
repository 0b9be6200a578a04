package dev.darkroom.worker.limit;

import dev.darkroom.ledger.limit.RateLimitStore;
import dev.darkroom.ledger.limit.RateLimitStore.PermitGrant;
import dev.darkroom.ledger.limit.RateLimitStore.PermitRequest;
import dev.darkroom.worker.limit.SharedRateLimiter.PermitSource;

/** Permits from PostgreSQL's row, which begins with the setting of the worker that started last. */
final class StoredPermits implements PermitSource {
  private final RateLimitStore store;
  private final String provider;
  private final int start;
  private boolean begun;

  StoredPermits(RateLimitStore store, String provider, int start) {
    this.store = store;
    this.provider = provider;
    this.start = start;
  }

  @Override
  public PermitGrant take(PermitRequest request) {
    if (!begun) {
      store.begin(provider, start);
      begun = true;
    }
    return store.take(provider, request).orElseGet(() -> takeAnew(request));
  }

  /** Somebody has deleted the row, to forget what was learned. */
  private PermitGrant takeAnew(PermitRequest request) {
    store.begin(provider, start);
    return store.take(provider, request).orElseThrow();
  }
}
