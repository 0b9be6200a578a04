package dev.darkroom.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.row.LedgerJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AuditStoreIT {
  private static final AuditFilter ALL = new AuditFilter(null, null, null, null, null);

  private final TestingLedger ledger = TestingLedger.empty();
  private final AuditStore store =
      new AuditStore(
          ledger.asApplication, ledger.asApplication, new LedgerJson(JsonMapper.builder().build()));

  @BeforeEach
  void nothing_has_happened() {
    ledger.asOwner.sql("delete from public.generation_audit").update();
  }

  @Test
  void an_entry_is_read_as_it_was_written() {
    store.write(
        new AuditEntry(
            "key:abc",
            AuditAction.CANCEL,
            "job:7",
            "ada",
            "2001:db8::1",
            "trace-1",
            Map.of("reason", "zero \0 byte")));

    assertThat(store.page(AuditPosition.START, ALL, 10))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.actor()).isEqualTo("key:abc");
          assertThat(entry.action()).isEqualTo("cancel");
          assertThat(entry.target()).isEqualTo("job:7");
          assertThat(entry.owner()).isEqualTo("ada");
          assertThat(entry.address()).isEqualTo("2001:db8::1");
          assertThat(entry.trace()).isEqualTo("trace-1");
          assertThat(entry.details()).isEqualTo(Map.of("reason", "zero  byte"));
          assertThat(entry.at()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        });
  }

  @Test
  void entries_are_filtered_and_read_page_by_page_from_the_newest_on() {
    write("a", AuditAction.PAUSE, "all");
    write("a", AuditAction.RESUME, "all");
    write("b", AuditAction.PAUSE, "user:ada");
    var all = store.page(AuditPosition.START, ALL, 10);

    assertThat(all).extracting(AuditedAction::actor).containsExactly("b", "a", "a");
    assertThat(page(new AuditFilter("a", null, null, null, null))).hasSize(2);
    assertThat(page(new AuditFilter(null, AuditAction.PAUSE, null, null, null))).hasSize(2);
    assertThat(page(new AuditFilter("b", null, "user:ada", null, null))).hasSize(1);
    assertThat(page(new AuditFilter(null, null, null, all.get(1).at(), null))).hasSize(2);
    assertThat(page(new AuditFilter(null, null, null, null, all.get(1).at()))).hasSize(1);
    var first = all.getFirst();
    assertThat(store.page(AuditPosition.of(first.at(), first.seq()), ALL, 1))
        .containsExactly(all.get(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update public.generation_audit set actor = 'nobody'",
        "delete from public.generation_audit",
        "truncate public.generation_audit"
      })
  void what_was_written_down_stays(String change) {
    write("a", AuditAction.PAUSE, "all");

    assertThatThrownBy(() -> ledger.asApplication.sql(change).update())
        .rootCause()
        .hasMessageContaining("permission denied");
  }

  private List<AuditedAction> page(AuditFilter filter) {
    return store.page(AuditPosition.START, filter, 10);
  }

  private void write(String actor, AuditAction action, String target) {
    store.write(new AuditEntry(actor, action, target, "", null, null, Map.of()));
  }
}
