package dev.darkroom.ledger.audit;

import dev.darkroom.ledger.row.LedgerJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who does what, from where. The statement that does it writes it as well, so that there is no
 * entry of what did not happen, and nothing happens without one:
 *
 * <pre>{@code
 * audited as (
 *   insert into public.generation_audit (actor, action, target, owner, address, trace, details)
 *   select entry.actor, entry.action, entry.target, entry.owner, entry.address, entry.trace, entry.details
 *   from changed cross join jsonb_populate_record(null::public.generation_audit, :audit::jsonb) as entry
 *   where entry.actor is not null)
 * }</pre>
 *
 * <p>with {@code .param("audit", AuditEntry.row(entry))}. The fields are named by the columns.
 *
 * @param actor such as {@code key:<id>}
 * @param target such as {@code job:<id>}; names of users stand only here, where an erasure finds
 *     them
 * @param owner whose the target is; empty where it is nobody's
 * @param address the client's, where it is known
 * @param trace the {@code X-Request-Id} of the reply
 * @param details without prompts and names
 */
public record AuditEntry(
    String actor,
    AuditAction action,
    String target,
    String owner,
    @Nullable String address,
    @Nullable String trace,
    Map<String, ?> details) {
  private static final LedgerJson JSON = new LedgerJson(JsonMapper.builder().build());

  public AuditEntry {
    details = Map.copyOf(details);
  }

  /** For what a statement takes; null where nothing is to be written down. */
  public static @Nullable String row(@Nullable AuditEntry entry) {
    return entry == null ? null : JSON.write(entry);
  }
}
