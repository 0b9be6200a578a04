package dev.darkroom.ledger.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.ledger.jobs.TestingDatabase;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerEpochIT {
  private final TestingDatabase database = TestingDatabase.migrated();
  private final JdbcClient owner = database.client();
  private final LedgerEpoch epoch = new LedgerEpoch(JdbcClient.create(database.asApplication()));

  @Test
  void it_stays_as_long_as_the_ledger_lives() {
    var first = epoch.current();

    database.migrate();
    owner.sql("checkpoint").update();

    assertThat(epoch.current()).isEqualTo(first).matches("[0-9a-f]{16}");
  }

  @Test
  void each_database_has_another_one() {
    var other = new LedgerEpoch(JdbcClient.create(TestingDatabase.migrated().asApplication()));

    assertThat(epoch.current()).isNotEqualTo(other.current());
  }

  @Test
  void a_restored_dump_has_another_one_although_its_rows_are_the_same() {
    var before = epoch.current();

    owner.sql("alter table public.generation_logs rename to generation_logs_before").update();
    owner
        .sql(
            "create table public.generation_logs (like public.generation_logs_before including all)")
        .update();

    assertThat(epoch.current()).isNotEqualTo(before);
  }

  @Test
  void an_operator_can_change_it() {
    var before = epoch.current();

    owner.sql("update public.generation_epoch set value = gen_random_uuid()").update();

    assertThat(epoch.current()).isNotEqualTo(before);
  }

  @Test
  void without_the_right_to_ask_the_server_it_is_that_of_the_database() {
    owner.sql("revoke execute on function pg_catalog.pg_control_system() from public").update();

    var first = epoch.current();

    assertThat(epoch.current()).isEqualTo(first).matches("[0-9a-f]{16}");
    owner.sql("update public.generation_epoch set value = gen_random_uuid()").update();
    assertThat(epoch.current()).isNotEqualTo(first);
  }

  @Test
  void the_application_reads_what_it_is_made_of_and_nobody_else_does() {
    var application = JdbcClient.create(database.asApplication());

    assertThatThrownBy(
            () -> application.sql("update public.generation_epoch set value = value").update())
        .hasStackTraceContaining("permission denied");
    for (var role : List.of("anon", "authenticated", "service_role")) {
      assertThatThrownBy(() ->
              owner
                  .sql("set role " + role + "; select value from public.generation_epoch")
                  .query()
                  .singleValue())
          .as(role)
          .hasStackTraceContaining("permission denied");
    }
  }
}
