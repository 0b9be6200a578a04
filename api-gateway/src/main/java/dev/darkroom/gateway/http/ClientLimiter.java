package dev.darkroom.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Limits concurrent requests of a kind, per client and in total. */
public final class ClientLimiter {
  private static final int IPV6_PREFIX = 8;
  private static final String OWNER = ClientLimiter.class.getName();

  /** Waiting requests hold a thread of the server each, so that few may wait. */
  private static final int MOST_WAITING = 64;

  private final Semaphore all;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final int perClient;
  private final Duration patience;
  private final ConcurrentMap<String, ClientShare> shares = new ConcurrentHashMap<>();

  /**
   * @param perClient of one owner or address; 0 for as many as there are places
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
    record Admitted(Runnable leave) implements Entry, AutoCloseable {
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
    return enter(clientOf(request));
  }

  Entry enter(String client) {
    var share = shares.compute(client, (_, known) -> ClientShare.joined(known, perClient));
    var until = System.nanoTime() + patience.toNanos();
    if (!acquire(share.places(), until)) {
      leave(client);
      return new Entry.ClientHasTooMany();
    }
    if (!acquire(all, until)) {
      share.places().release();
      leave(client);
      return new Entry.TooMany();
    }
    return new Entry.Admitted(() -> {
      all.release();
      share.places().release();
      leave(client);
    });
  }

  private boolean acquire(Semaphore places, long until) {
    if (places.tryAcquire()) {
      return true;
    }
    if (!waiting.tryAcquire()) {
      return false;
    }
    try {
      return places.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.release();
    }
  }

  private void leave(String client) {
    shares.computeIfPresent(client, (_, share) -> share.left());
  }

  /** For the filter that found out who sends a request: limits are theirs, not their address's. */
  public static void countAs(String owner, HttpServletRequest request) {
    request.setAttribute(OWNER, owner);
  }

  /** Whose limits a request counts towards: those of an owner who is known, or of an address. */
  public static String clientOf(HttpServletRequest request) {
    return request.getAttribute(OWNER) instanceof String owner
        ? "owner " + owner
        : clientOf(request.getRemoteAddr());
  }

  /**
   * An IPv4 address, or the /64 of an IPv6 address, of which each client may have as many as it
   * likes. Behind a proxy it is the proxy's, unless {@code darkroom.web.trusted-proxies} names it.
   */
  static String clientOf(String address) {
    return ClientAddress.parse(address).orElse(null) instanceof Inet6Address v6
        ? HexFormat.of().formatHex(v6.getAddress(), 0, IPV6_PREFIX)
        : address;
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
