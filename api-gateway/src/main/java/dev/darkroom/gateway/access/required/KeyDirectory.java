package dev.darkroom.gateway.access.required;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.darkroom.gateway.access.Caller;
import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.gateway.http.LedgerOutage;
import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.access.AccessKey.HashedAccessKey;
import dev.darkroom.ledger.access.AccessKeyText;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.dao.QueryTimeoutException;

/**
 * Checks API keys. What the ledger says of a key is good for 25 seconds, so that a revocation holds
 * within 30 everywhere, however long the question took. Ids that nobody has are asked for so many
 * times per second and no more, whoever guesses them.
 */
final class KeyDirectory {
  private static final Duration FRESH = Duration.ofSeconds(25);

  /** As long as a statement may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_KEPT = 20_000;
  private static final int GUESSES_PER_SECOND = 100;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final Identification.Unrecognized NOT_VALID =
      new Identification.Unrecognized("The API key is not valid.");

  private final Function<String, Optional<HashedAccessKey>> ledger;
  private final Clock clock;
  private final Ticker ticker;
  private final AsyncCache<String, Optional<FoundKey>> found;

  /** Ids that were somebody's not long ago, and that are no guesses. */
  private final Cache<String, Boolean> seen;

  /** Ids of good keys that were used since that was last noted. */
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  private long guessingSince;
  private int guesses;

  /**
   * @param ledger finds a key by its id
   */
  KeyDirectory(Function<String, Optional<HashedAccessKey>> ledger, Clock clock, Ticker ticker) {
    this.ledger = ledger;
    this.clock = clock;
    this.ticker = ticker;
    this.found =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEPT)
            .expireAfterWrite(FRESH)
            .ticker(ticker)
            .executor(Runnable::run)
            .buildAsync();
    this.seen =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEPT)
            .expireAfterAccess(Duration.ofHours(1))
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  Identification identify(String credential) {
    var text = AccessKeyText.parse(credential);
    if (text.isEmpty()) {
      return NOT_VALID;
    }
    var id = text.get().id();
    if (found.getIfPresent(id) == null && seen.getIfPresent(id) == null && isGuessingTooFast()) {
      return new Identification.Undecided(
          Problem.unavailable(
              "Too many unknown API keys are tried. Try again in a few seconds.", SECOND));
    }
    try {
      return find(id)
          .filter(found -> found.key().isOf(text.get()))
          .map(this::identified)
          .orElse(NOT_VALID);
    } catch (RuntimeException e) {
      return LedgerOutage.behind(e)
          .<Identification>map(outage -> new Identification.Undecided(outage.problem()))
          .orElseThrow(() -> e);
    }
  }

  /** Asks the ledger the next time, whatever it said before. */
  void forget(String id) {
    found.synchronous().invalidate(id);
  }

  /** A key, and who has it. */
  private record FoundKey(HashedAccessKey key, Caller caller) {
    static FoundKey of(HashedAccessKey hashed) {
      var key = hashed.key();
      var scopes =
          key.scopes().stream()
              .map(Scope::of)
              .flatMap(Optional::stream)
              .collect(Collectors.toUnmodifiableSet());
      return new FoundKey(hashed, new Caller("key:" + key.id(), key.owner(), scopes, key.limits()));
    }
  }

  private Identification identified(FoundKey found) {
    var key = found.key().key();
    if (key.isRevoked()) {
      return new Identification.Unrecognized("The API key was revoked.");
    }
    if (key.isExpired(clock.instant())) {
      return new Identification.Unrecognized("The API key has expired.");
    }
    used.add(key.id());
    return new Identification.Known(found.caller(), key.expiresAt());
  }

  /**
   * Tells which keys were used since the last time.
   *
   * @param ledger notes it; if it fails they are told again
   */
  void tellUsed(Consumer<List<String>> ledger) {
    var ids = List.copyOf(used);
    if (!ids.isEmpty()) {
      ledger.accept(ids);
      ids.forEach(used::remove);
    }
  }

  /** Of many requests at once with the same key, one asks the ledger. */
  private Optional<FoundKey> find(String id) {
    var answer = new CompletableFuture<Optional<FoundKey>>();
    var asked = found.asMap().putIfAbsent(id, answer);
    if (asked != null) {
      return await(asked);
    }
    try {
      var key = ledger.apply(id).map(FoundKey::of);
      key.ifPresentOrElse(_ -> seen.put(id, true), this::countGuess);
      answer.complete(key);
      return key;
    } catch (RuntimeException e) {
      answer.completeExceptionally(e); // which removes it
      throw e;
    } finally {
      answer.cancel(false); // in case of an Error
    }
  }

  private static Optional<FoundKey> await(CompletableFuture<Optional<FoundKey>> asked) {
    try {
      return asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new QueryTimeoutException("the ledger does not say whose key this is", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QueryTimeoutException("interrupted", e);
    }
  }

  private synchronized boolean isGuessingTooFast() {
    return ticker.read() - guessingSince < SECOND.toNanos() && guesses >= GUESSES_PER_SECOND;
  }

  private synchronized void countGuess() {
    var now = ticker.read();
    if (guesses == 0 || now - guessingSince >= SECOND.toNanos()) {
      guessingSince = now;
      guesses = 0;
    }
    guesses++;
  }
}
