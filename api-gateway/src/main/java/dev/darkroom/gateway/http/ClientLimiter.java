package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Bounds how many requests of a kind are under way, of each client and of all together. */
public final class ClientLimiter {
  private final Semaphore all;
  private final int perClient;
  private final Duration patience;
  private final ConcurrentMap<String, ClientShare> shares = new ConcurrentHashMap<>();

  /**
   * @param perClient of one address; 0 for as many as there are places
   * @param patience how long a request waits for its place
   */
  public ClientLimiter(int total, int perClient, Duration patience) {
    this.all = new Semaphore(total, true);
    this.perClient = perClient == 0 ? total : perClient;
    this.patience = patience;
  }

  /** What became of a request for a place. */
  public sealed interface Entry {
    /** There is a place, until it is closed. */
    final class Admitted implements Entry, AutoCloseable {
      private final Runnable leave;

      private Admitted(Runnable leave) {
        this.leave = leave;
      }

      @Override
      public void close() {
        leave.run();
      }
    }

    /** This client has all that one may have. */
    record ClientHasTooMany() implements Entry {}

    /** There is no place left for anybody. */
    record TooMany() implements Entry {}
  }

  public Entry enter(HttpServletRequest request) {
    return enter(ClientAddress.of(request));
  }

  Entry enter(String client) {
    var share = shares.compute(client, (_, known) -> ClientShare.joined(known, perClient));
    Entry entry = new Entry.TooMany();
    try {
      entry = enter(client, share);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!(entry instanceof Entry.Admitted)) {
        leave(client);
      }
    }
    return entry;
  }

  private Entry enter(String client, ClientShare share) throws InterruptedException {
    var until = System.nanoTime() + patience.toNanos();
    if (!share.places().tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      return new Entry.ClientHasTooMany();
    }
    var admitted = false;
    try {
      admitted = all.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    } finally {
      if (!admitted) {
        share.places().release();
      }
    }
    if (!admitted) {
      return new Entry.TooMany();
    }
    return new Entry.Admitted(() -> {
      all.release();
      share.places().release();
      leave(client);
    });
  }

  private void leave(String client) {
    shares.computeIfPresent(client, (_, share) -> share.left());
  }

  /** How many clients are known at the moment. */
  int clients() {
    return shares.size();
  }

  /**
   * What one client has.
   *
   * @param requests with a place, or waiting for one
   */
  private record ClientShare(Semaphore places, int requests) {
    static ClientShare joined(@Nullable ClientShare known, int most) {
      return known == null
          ? new ClientShare(new Semaphore(most, true), 1)
          : new ClientShare(known.places, known.requests + 1);
    }

    @Nullable ClientShare left() {
      return requests == 1 ? null : new ClientShare(places, requests - 1);
    }
  }
}
