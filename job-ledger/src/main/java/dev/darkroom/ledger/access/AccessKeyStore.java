package dev.darkroom.ledger.access;

import dev.darkroom.ledger.access.AccessKey.CreatedAccessKey;
import dev.darkroom.ledger.access.AccessKey.HashedAccessKey;
import dev.darkroom.ledger.access.AccessKey.NewAccessKey;
import dev.darkroom.ledger.audit.AuditEntry;
import dev.darkroom.ledger.row.Columns;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The API keys, without their secrets. They are made and revoked, and hardly changed otherwise. */
public final class AccessKeyStore {
  private final JdbcClient database;
  private final RandomGenerator random;

  /**
   * @param random must be one that nobody can predict
   */
  public AccessKeyStore(JdbcClient database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  /**
   * If the reply gets lost, the key may exist; nobody has it then, and it can be revoked.
   *
   * @param audit who makes it; the statement adds which key it is, whose, and what for
   */
  public CreatedAccessKey create(NewAccessKey key, AuditEntry audit) {
    var text = AccessKeyText.draw(random);
    var limits = key.limits();
    var created =
        database
            .sql(
                """
                with created as (
                  insert into public.generation_api_keys (key_id, secret_hash, owner, scopes, requests_per_second,
                    open_jobs, jobs_per_day, weight, created_by, expires_at)
                  values (:id, decode(:hash, 'hex'), :owner, :scopes, :requests_per_second::integer,
                    :open_jobs::integer, :jobs_per_day::integer, :weight::integer, :by, :expires_at::timestamptz)
                  returning *),
                audited as (
                  insert into public.generation_audit (actor, action, target, owner, address, trace, details)
                  select entry.actor, entry.action, 'key:' || created.key_id, created.owner, entry.address, entry.trace,
                    entry.details || jsonb_build_object('scopes', created.scopes)
                  from created cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry)
                select * from created
                """)
            .param("id", text.id())
            .param("hash", text.secretHash())
            .param("owner", key.owner())
            .param("scopes", Columns.texts(key.scopes().stream().sorted()))
            .param("requests_per_second", limits.requestsPerSecond())
            .param("open_jobs", limits.openJobs())
            .param("jobs_per_day", limits.jobsPerDay())
            .param("weight", limits.weight())
            .param("by", audit.actor())
            .param("audit", AuditEntry.row(audit))
            .param("expires_at", timestamp(key.expiresAt()))
            .query((row, _) -> key(row))
            .single();
    return new CreatedAccessKey(text, created);
  }

  private static @Nullable OffsetDateTime timestamp(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  /** Also one that has expired or was revoked. */
  public Optional<HashedAccessKey> find(String id) {
    return database
        .sql(
            """
            select *, encode(secret_hash, 'hex') as hash from public.generation_api_keys where key_id = :id
            """)
        .param("id", id)
        .query((row, _) -> new HashedAccessKey(key(row), row.getString("hash")))
        .optional();
  }

  /**
   * The newest first, with those that have expired or were revoked.
   *
   * @param owner whose; {@code null} for all
   */
  public List<AccessKey> list(@Nullable String owner, int limit) {
    return database
        .sql(
            """
            select * from public.generation_api_keys where :owner::text is null or owner = :owner
            order by created_at desc, key_id desc limit :limit
            """)
        .param("owner", owner)
        .param("limit", limit)
        .query((row, _) -> key(row))
        .list();
  }

  /**
   * Revokes a key, unless it was before; only then an entry is written.
   *
   * @param audit who revokes it; the statement adds which key it is, and whose
   * @return the key as it is then; empty where there is none
   */
  public Optional<AccessKey> revoke(String id, AuditEntry audit) {
    return database
        .sql(
            """
            with known as materialized (
              select * from public.generation_api_keys where key_id = :id for update),
            revoked as (
              update public.generation_api_keys as key
              set revoked_at = coalesce(known.revoked_at, now()), revoked_by = coalesce(known.revoked_by, :by)
              from known where key.key_id = known.key_id
              returning key.*),
            audited as (
              insert into public.generation_audit (actor, action, target, owner, address, trace, details)
              select entry.actor, entry.action, 'key:' || known.key_id, known.owner, entry.address, entry.trace, entry.details
              from known cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
              where known.revoked_at is null)
            select * from revoked
            """)
        .param("id", id)
        .param("by", audit.actor())
        .param("audit", AuditEntry.row(audit))
        .query((row, _) -> key(row))
        .optional();
  }

  /**
   * Notes that these keys are in use, unless that was noted in the last minute, or another gateway
   * is about to.
   */
  public void noteUse(Collection<String> ids) {
    database
        .sql(
            """
            update public.generation_api_keys set last_used_at = now()
            where key_id = any (array(
              select key_id from public.generation_api_keys
              where key_id = any (:ids::text[])
                and (last_used_at is null or last_used_at < now() - interval '50 seconds')
              for update skip locked))
            """)
        .param("ids", Columns.texts(ids.stream()))
        .update();
  }

  /** Whether somebody can use a key. */
  public boolean isAnyUsable() {
    return database
        .sql(
            """
            select exists (select from public.generation_api_keys
              where revoked_at is null and (expires_at is null or expires_at > now()))
            """)
        .query(Boolean.class)
        .single();
  }

  private static AccessKey key(ResultSet row) throws SQLException {
    return new AccessKey(
        row.getString("key_id"),
        row.getString("owner"),
        texts(row.getArray("scopes")),
        new KeyLimits(
            row.getObject("requests_per_second", Integer.class),
            row.getObject("open_jobs", Integer.class),
            row.getObject("jobs_per_day", Integer.class),
            row.getObject("weight", Integer.class)),
        Columns.instant(row, "created_at"),
        row.getString("created_by"),
        Columns.instantOrNull(row, "expires_at"),
        Columns.instantOrNull(row, "revoked_at"),
        row.getString("revoked_by"),
        Columns.instantOrNull(row, "last_used_at"));
  }

  private static Set<String> texts(Array array) throws SQLException {
    return Set.of((String[]) array.getArray());
  }
}
