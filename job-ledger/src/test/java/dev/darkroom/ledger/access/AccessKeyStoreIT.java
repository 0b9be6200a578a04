package dev.darkroom.ledger.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.jobs.TestingLedger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AccessKeyStoreIT {
  private static final Instant LATER = Instant.parse("2999-01-01T00:00:00Z");

  private final TestingLedger ledger = TestingLedger.empty();
  private final AccessKeyStore store = new AccessKeyStore(ledger.asApplication, new SecureRandom());

  @BeforeEach
  void no_keys() {
    ledger.asOwner.sql("delete from public.generation_api_keys").update();
  }

  @Test
  void a_key_is_found_by_its_id_and_known_by_its_secret() {
    var created = store.create(newKey("shop", LATER));

    var found = store.find(created.text().id()).orElseThrow();

    assertThat(found.isOf(created.text())).isTrue();
    assertThat(found.key()).isEqualTo(created.key());
    assertThat(found.key().scopes()).containsExactlyInAnyOrder("generate", "read");
    assertThat(found.key().limits()).isEqualTo(new KeyLimits(5, null, 100, 3));
    assertThat(found.key().expiresAt()).isEqualTo(LATER);
    assertThat(found.isOf(store.create(newKey("shop", null)).text())).isFalse();
    assertThat(store.find("000000000000")).isEmpty();
  }

  @Test
  void nothing_in_the_table_opens_the_door() {
    var created = store.create(newKey("shop", null));

    assertThat(
            ledger
                .asOwner
                .sql("select to_jsonb(key)::text from public.generation_api_keys key")
                .query(String.class)
                .single())
        .doesNotContain(created.text().secret());
  }

  @Test
  void the_first_revocation_counts() {
    var id = store.create(newKey("shop", null)).key().id();

    var first = store.revoke(id, "ada").orElseThrow();
    var second = store.revoke(id, "bob").orElseThrow();

    assertThat(first.isRevoked()).isTrue();
    assertThat(second).isEqualTo(first);
    assertThat(second.revokedBy()).isEqualTo("ada");
    assertThat(store.revoke("000000000000", "ada")).isEmpty();
  }

  @Test
  void keys_are_listed_with_the_newest_first() {
    var first = store.create(newKey("shop", null)).key();
    var second = store.create(newKey("other", null)).key();
    var third = store.create(newKey("shop", null)).key();

    assertThat(store.list(null, 10)).containsExactly(third, second, first);
    assertThat(store.list("shop", 10)).containsExactly(third, first);
    assertThat(store.list(null, 1)).containsExactly(third);
  }

  @Test
  void only_a_key_that_is_good_is_usable() {
    assertThat(store.isAnyUsable()).isFalse();
    store.create(newKey("shop", Instant.now().minusSeconds(1)));
    store.revoke(store.create(newKey("shop", null)).key().id(), "ada");
    assertThat(store.isAnyUsable()).isFalse();

    store.create(newKey("shop", LATER));

    assertThat(store.isAnyUsable()).isTrue();
  }

  @Test
  void a_key_for_nothing_or_of_nobody_is_refused() {
    assertThatThrownBy(() ->
            store.create(new NewAccessKey("shop", Set.of(), KeyLimits.DEFAULTS, null, "test")))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(() ->
            store.create(
                new NewAccessKey("shop", Set.of("burn"), KeyLimits.DEFAULTS, null, "test")))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(() ->
            store.create(new NewAccessKey("", Set.of("read"), KeyLimits.DEFAULTS, null, "test")))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  private static NewAccessKey newKey(String owner, @Nullable Instant at) {
    return new NewAccessKey(
        owner, Set.of("generate", "read"), new KeyLimits(5, null, 100, 3), at, "test");
  }
}
