package dev.darkroom.ledger.operate;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.jobs.JobTerms;
import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * For whom no calls are made: for all, for a user, for a model. Claims and dispatches ask the table
 * themselves, so that a pause holds from its commit on; jobs that come to their turn meanwhile are
 * set aside as {@code paused}.
 */
public final class PauseStore {
  private final JdbcClient database;

  public PauseStore(JdbcClient database) {
    this.database = database;
  }

  /** Whom a pause concerns. */
  public enum PauseScope {
    ALL,
    USER,
    MODEL;

    /** As in the table and in replies. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A pause.
   *
   * @param name the user's or the model's; empty for all
   * @param reason a sentence for those whose jobs wait
   */
  public record Pause(PauseScope scope, String name, String reason, Instant since) {}

  /** As {@link #pause(PauseScope, String, String, AuditEntry)}, where nobody asked for it. */
  public Pause pause(PauseScope scope, String name, String reason) {
    return pause(scope, name, reason, null);
  }

  /** Pauses, or changes the reason of a pause. */
  public Pause pause(PauseScope scope, String name, String reason, @Nullable AuditEntry audit) {
    return database
        .sql(
            """
            with paused as (
              insert into public.generation_pauses (scope, name, reason) values (:scope, :name, :reason)
              on conflict (scope, name) do update set reason = excluded.reason
              returning *),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
              from paused cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
              where entry.actor is not null)
            select * from paused
            """)
        .param("audit", AuditEntry.row(audit))
        .param("scope", scope.word())
        .param("name", name)
        .param("reason", Columns.storable(reason))
        .query((row, _) -> pause(row))
        .single();
  }

  /** As {@link #resume(PauseScope, String, AuditEntry)}, where nobody asked for it. */
  public boolean resume(PauseScope scope, String name) {
    return resume(scope, name, null);
  }

  /**
   * Ends a pause.
   *
   * @return false if there was none
   */
  public boolean resume(PauseScope scope, String name, @Nullable AuditEntry audit) {
    return database
        .sql(
            """
            with resumed as (
              delete from public.generation_pauses where scope = :scope and name = :name
              returning scope),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
              from resumed cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
              where entry.actor is not null)
            select exists (select from resumed)
            """)
        .param("audit", AuditEntry.row(audit))
        .param("scope", scope.word())
        .param("name", name)
        .query(Boolean.class)
        .single();
  }

  /** The longest lasting first; 1,000 at most. */
  public List<Pause> list() {
    return database
        .sql("select * from public.generation_pauses order by since, scope, name limit 1000")
        .query((row, _) -> pause(row))
        .list();
  }

  /** From a row of the table, or one joined to others. */
  public static Pause pause(ResultSet row) throws SQLException {
    return new Pause(
        PauseScope.valueOf(row.getString("scope").toUpperCase(Locale.ROOT)),
        row.getString("name"),
        row.getString("reason"),
        Columns.instant(row, "since"));
  }

  /**
   * Puts jobs that were set aside, and that no pause concerns any more, back into the line: at the
   * turn that is being served, for they had theirs, and several of one line one turn after the
   * other.
   *
   * @param limit jobs at most; the oldest first
   * @return how many there were
   */
  public int releaseResumed(int limit) {
    return database
        .sql(
            """
            with resumed as (
              select request_id, case when owner = '' then user_id else owner end as line, :unit / weight as stride
              from public.generation_queue job
              where state = 'paused' and not exists (select from public.generation_pauses pause
                where pause.scope = 'all' or (pause.scope = 'user' and pause.name = job.user_id)
                  or (pause.scope = 'model' and pause.name = (select call #>> '{parameters,model}'
                    from public.generation_jobs where request_id = job.request_id)))
              order by request_id limit :limit
              for update skip locked),
            drawn as (
              select request_id, greatest(0, (select now_serving from public.generation_turns))
                + stride * (row_number() over (partition by line order by request_id) - 1) as turn
              from resumed)
            update public.generation_queue job
            set state = 'in_line', turn = drawn.turn, publish_after = 'infinity'
            from drawn where job.request_id = drawn.request_id
            """)
        .param("unit", JobTerms.TURN)
        .param("limit", limit)
        .update();
  }
}
