package dev.darkroom.ledger.audit;

import static dev.darkroom.ledger.jobs.NewJobFixture.aNewJobOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.access.Visibility;
import dev.darkroom.ledger.audit.AuditStore.AuditPosition;
import dev.darkroom.ledger.audit.AuditStore.AuditedAction;
import dev.darkroom.ledger.jobs.TestingLedger;
import dev.darkroom.ledger.operate.JobFilter;
import dev.darkroom.ledger.operate.Operation.OperationAction;
import dev.darkroom.ledger.operate.OperationStore;
import dev.darkroom.ledger.operate.OperationStore.NewOperation;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
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

  @Test
  void a_job_of_another_owner_that_is_cancelled_is_written_down_once_and_ones_own_is_not() {
    var theirs = accept("acme");
    var own = accept("globex");
    for (var job : List.of(theirs, theirs, own)) {
      var entry =
          new AuditEntry("key:g", AuditAction.CANCEL, "job:" + job, "globex", null, null, Map.of());
      ledger.outcomeStore.cancelIfOpen(job, Visibility.ALL, null, entry);
    }

    assertThat(store.page(AuditPosition.START, ALL, 10))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.target()).isEqualTo("job:" + theirs);
          assertThat(entry.owner()).isEqualTo("acme");
        });
  }

  @Test
  void a_statement_that_fails_leaves_no_entry() {
    var operations =
        new OperationStore(
            ledger.asApplication,
            ledger.asApplication,
            new LedgerJson(JsonMapper.builder().build()));
    var id = UUID.randomUUID();
    var entry =
        new AuditEntry(
            "a", AuditAction.OPERATION_BEGIN, "operation:" + id, "", null, null, Map.of());
    var filter = new JobFilter(null, null, "ada", null, null, null);
    var wanted =
        new NewOperation(id, OperationAction.CANCEL, filter, Visibility.ALL, null, null, 0);
    operations.begin(wanted, entry);

    assertThatThrownBy(() -> operations.begin(wanted, entry))
        .isInstanceOf(DataIntegrityViolationException.class);
    operations.cancel(UUID.randomUUID(), entry);

    assertThat(store.page(AuditPosition.START, ALL, 10)).hasSize(1);
    operations.cancel(id, null);
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

  private RequestId accept(String owner) {
    var job = aNewJobOf(owner);
    ledger.accept(List.of(job));
    return job.id();
  }

  private List<AuditedAction> page(AuditFilter filter) {
    return store.page(AuditPosition.START, filter, 10);
  }

  private void write(String actor, AuditAction action, String target) {
    store.write(new AuditEntry(actor, action, target, "", null, null, Map.of()));
  }
}
