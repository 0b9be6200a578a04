package dev.darkroom.ledger.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.access.AccessKey.CreatedAccessKey;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.audit.AuditAction;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.jobs.TestingLedger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    var created = create(newKey("shop", LATER));

    var found = store.find(created.text().id()).orElseThrow();

    assertThat(found.isOf(created.text())).isTrue();
    assertThat(found.key()).isEqualTo(created.key());
    assertThat(found.key().scopes()).containsExactlyInAnyOrder("generate", "read");
    assertThat(found.key().limits()).isEqualTo(new KeyLimits(5, null, 100, 3));
    assertThat(found.key().expiresAt()).isEqualTo(LATER);
    assertThat(found.isOf(create(newKey("shop", null)).text())).isFalse();
    assertThat(store.find("000000000000")).isEmpty();
  }

  @Test
  void nothing_in_the_table_opens_the_door() {
    var created = create(newKey("shop", null));

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
    var id = create(newKey("shop", null)).key().id();

    var first = store.revoke(id, by("ada")).orElseThrow();
    var second = store.revoke(id, by("bob")).orElseThrow();

    assertThat(first.isRevoked()).isTrue();
    assertThat(second).isEqualTo(first);
    assertThat(second.revokedBy()).isEqualTo("ada");
    assertThat(store.revoke("000000000000", by("ada"))).isEmpty();
    assertThat(
            ledger
                .asOwner
                .sql("select actor from public.generation_audit where target = 'key:' || :id")
                .param("id", id)
                .query(String.class)
                .list())
        .containsExactly("test", "ada");
  }

  @Test
  void that_keys_are_in_use_is_written_once_a_minute() {
    var used = create(newKey("shop", null)).key().id();
    var idle = create(newKey("shop", null)).key().id();

    store.noteUse(List.of(used, "000000000000"));
    var first = lastUse(used);
    store.noteUse(List.of(used));

    assertThat(first).isNotNull();
    assertThat(lastUse(used)).isEqualTo(first);
    assertThat(lastUse(idle)).isNull();
    ledger
        .asOwner
        .sql("update public.generation_api_keys set last_used_at = now() - interval '1 minute'")
        .update();
    store.noteUse(List.of(used));
    assertThat(lastUse(used)).isAfter(Instant.now().minusSeconds(30));
  }

  private @Nullable Instant lastUse(String id) {
    return store.find(id).orElseThrow().key().lastUsedAt();
  }

  @Test
  void keys_are_listed_with_the_newest_first() {
    var first = create(newKey("shop", null)).key();
    var second = create(newKey("other", null)).key();
    var third = create(newKey("shop", null)).key();

    assertThat(store.list(null, 10)).containsExactly(third, second, first);
    assertThat(store.list("shop", 10)).containsExactly(third, first);
    assertThat(store.list(null, 1)).containsExactly(third);
  }

  @Test
  void only_a_key_that_is_good_is_usable() {
    assertThat(store.isAnyUsable()).isFalse();
    create(newKey("shop", Instant.now().minusSeconds(1)));
    store.revoke(create(newKey("shop", null)).key().id(), by("ada"));
    assertThat(store.isAnyUsable()).isFalse();

    create(newKey("shop", LATER));

    assertThat(store.isAnyUsable()).isTrue();
  }

  @Test
  void a_key_for_nothing_or_of_nobody_is_refused() {
    assertThatThrownBy(() -> create(new NewAccessKey("shop", Set.of(), KeyLimits.DEFAULTS, null)))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(
            () -> create(new NewAccessKey("shop", Set.of("burn"), KeyLimits.DEFAULTS, null)))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThatThrownBy(() -> create(new NewAccessKey("", Set.of("read"), KeyLimits.DEFAULTS, null)))
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  private CreatedAccessKey create(NewAccessKey key) {
    return store.create(key, by("test"));
  }

  private static AuditEntry by(String actor) {
    return new AuditEntry(actor, AuditAction.KEY_CREATE, "key", "", null, null, Map.of());
  }

  private static NewAccessKey newKey(String owner, @Nullable Instant at) {
    return new NewAccessKey(owner, Set.of("generate", "read"), new KeyLimits(5, null, 100, 3), at);
  }
}
