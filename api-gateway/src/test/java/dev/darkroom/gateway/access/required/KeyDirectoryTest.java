package dev.darkroom.gateway.access.required;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.darkroom.gateway.access.Identification;
import dev.darkroom.gateway.access.Identification.Known;
import dev.darkroom.gateway.access.Identification.Undecided;
import dev.darkroom.gateway.access.Identification.Unrecognized;
import dev.darkroom.gateway.access.Scope;
import dev.darkroom.ledger.access.AccessKey;
import dev.darkroom.ledger.access.AccessKey.HashedAccessKey;
import dev.darkroom.ledger.access.AccessKeyText;
import dev.darkroom.ledger.access.KeyLimits;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KeyDirectoryTest {
  private static final String SECRET = "s".repeat(43);
  private static final String ID = "abcdefABCDEF";
  private static final String KEY = "dk_" + ID + "_" + SECRET;

  private final SettableClock clock = new SettableClock();
  private final Map<String, HashedAccessKey> ledger = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile boolean away;
  private final KeyDirectory directory = new KeyDirectory(this::find, clock, clock::nanos);

  private Optional<HashedAccessKey> find(String id) {
    questions.incrementAndGet();
    if (away) {
      throw new QueryTimeoutException("away");
    }
    return Optional.ofNullable(ledger.get(id));
  }

  private void know(@Nullable Instant expires, @Nullable Instant revoked) {
    var key =
        new AccessKey(
            ID,
            "shop",
            Set.of("generate", "of_a_later_version"),
            KeyLimits.DEFAULTS,
            clock.instant(),
            "test",
            expires,
            revoked,
            revoked == null ? null : "test",
            null);
    ledger.put(ID, new HashedAccessKey(key, hash(SECRET)));
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(secret.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_key_is_its_owner_with_its_scopes() {
    know(null, null);

    assertThat(directory.identify(KEY))
        .isInstanceOfSatisfying(
            Known.class,
            known -> {
              assertThat(known.caller().owner()).isEqualTo("shop");
              assertThat(known.caller().actor()).isEqualTo("key:" + ID);
              assertThat(known.caller().scopes()).containsExactly(Scope.GENERATE);
            });
  }

  @Test
  void which_keys_were_used_is_told_once_and_again_if_that_failed() {
    know(null, null);
    directory.identify("dk_" + ID + "_" + "t".repeat(43));
    directory.tellUsed(_ -> fail("nobody has used it"));
    directory.identify(KEY);
    directory.identify(KEY);

    assertThatThrownBy(() ->
            directory.tellUsed(_ -> {
              throw new QueryTimeoutException("away");
            }))
        .isInstanceOf(QueryTimeoutException.class);
    var told = new ArrayList<String>();
    directory.tellUsed(told::addAll);
    directory.tellUsed(told::addAll);
    assertThat(told).containsExactly(ID);
  }

  @Test
  void nobody_is_told_which_half_of_a_key_is_wrong() {
    know(null, null);

    var wrongSecret = directory.identify("dk_" + ID + "_" + "t".repeat(43));
    var unknown = directory.identify("dk_000000000000_" + SECRET);
    var malformed = directory.identify("dk_nonsense");

    assertThat(wrongSecret)
        .isInstanceOf(Unrecognized.class)
        .isEqualTo(unknown)
        .isEqualTo(malformed);
  }

  /** Who does not have the whole key learns nothing of it. */
  @Test
  void only_who_has_the_whole_key_is_told_that_it_was_revoked_or_has_expired() {
    know(null, clock.instant());
    assertThat(reason(KEY)).contains("revoked");
    assertThat(reason("dk_" + ID + "_" + "t".repeat(43))).doesNotContain("revoked");

    know(clock.instant().plusSeconds(10), null);
    clock.advance(Duration.ofSeconds(30));
    assertThat(reason(KEY)).contains("expired");
  }

  private String reason(String key) {
    return ((Unrecognized) directory.identify(key)).reason();
  }

  @Test
  void a_revocation_holds_within_thirty_seconds() {
    know(null, null);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);

    know(null, clock.instant());
    clock.advance(Duration.ofSeconds(20));
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
    clock.advance(Duration.ofSeconds(6));

    assertThat(directory.identify(KEY)).isInstanceOf(Unrecognized.class);
  }

  @Test
  void a_revocation_holds_at_once_where_it_was_made() {
    know(null, null);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);

    know(null, clock.instant());
    directory.forget(AccessKeyText.parse(KEY).orElseThrow().id());

    assertThat(directory.identify(KEY)).isInstanceOf(Unrecognized.class);
  }

  @Test
  void an_expiry_holds_at_once() {
    know(clock.instant().plusSeconds(5), null);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);

    clock.advance(Duration.ofSeconds(5));

    assertThat(directory.identify(KEY)).isInstanceOf(Unrecognized.class);
  }

  @Test
  void while_the_ledger_is_away_keys_used_lately_are_good_and_others_undecided() {
    know(null, null);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
    away = true;

    clock.advance(Duration.ofSeconds(24));
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
    assertThat(status(directory.identify("dk_000000000000_" + SECRET))).isEqualTo(503);

    clock.advance(Duration.ofSeconds(2));
    assertThat(status(directory.identify(KEY))).isEqualTo(503);

    away = false;
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
  }

  private static int status(Identification found) {
    return ((Undecided) found).problem().answer().getStatusCode().value();
  }

  @Test
  void a_flood_of_guesses_does_not_reach_the_ledger_and_keys_in_use_go_on() {
    know(null, null);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
    for (var i = 0; i < 1_000; i++) {
      var guess = "dk_%012d_%s".formatted(i, SECRET);
      assertThat(directory.identify(guess)).isNotInstanceOf(Known.class);
      assertThat(directory.identify(guess)).isNotInstanceOf(Known.class);
    }
    assertThat(questions.get()).isLessThanOrEqualTo(101);
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);

    clock.advance(Duration.ofSeconds(26)); // it has to be asked for again
    for (var i = 2_000; i < 2_200; i++) {
      directory.identify("dk_%012d_%s".formatted(i, SECRET));
    }
    assertThat(directory.identify(KEY)).isInstanceOf(Known.class);
  }

  @Test
  void an_unknown_id_is_asked_for_once() {
    for (var i = 0; i < 10; i++) {
      assertThat(directory.identify(KEY)).isInstanceOf(Unrecognized.class);
    }
    assertThat(questions.get()).isOne();
  }

  @Test
  void of_many_requests_at_once_one_asks() throws Exception {
    know(null, null);
    var begun = new CountDownLatch(1);
    var slow =
        new KeyDirectory(
            id -> {
              questions.incrementAndGet();
              awaitQuietly(begun);
              return Optional.ofNullable(ledger.get(id));
            },
            clock,
            clock::nanos);
    try (var threads = Executors.newFixedThreadPool(8)) {
      var answers =
          IntStream.range(0, 8).mapToObj(_ -> threads.submit(() -> slow.identify(KEY))).toList();
      begun.countDown();
      for (var answer : answers) {
        assertThat(answer.get()).isInstanceOf(Known.class);
      }
    }
    assertThat(questions.get()).isOne();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
