package dev.darkroom.ledger.log;

import dev.darkroom.ledger.row.Columns;
import dev.darkroom.ledger.row.LedgerJson;
import dev.darkroom.model.RequestId;
import java.sql.ResultSet;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds requests by the prompt of their first step, where migration V10 could make an index for
 * that: in the copies that {@link IndexPrompts} makes, and in the log itself what is not copied
 * yet. And reads the rows of what it found.
 */
final class FindRequests {
  /** Rows are counted no further. */
  static final int COUNTED = 1_000;

  /**
   * More requests than this are no rare find: reading the log is quicker than reading all theirs.
   */
  private static final int MOST = 2_500;

  private final JdbcClient database;
  private final LedgerJson json;
  private final FindUncopiedRequests uncopied;

  FindRequests(JdbcClient database, LedgerJson json) {
    this.database = database;
    this.json = json;
    this.uncopied = new FindUncopiedRequests(database);
  }

  /**
   * Requests whose prompt holds the text.
   *
   * @param areAll whether there are no others
   */
  record Found(List<RequestId> requests, boolean areAll) {
    static final Found NOT_LOOKED_FOR = new Found(List.of(), false);

    String[] ids() {
      return Columns.texts(requests.stream());
    }
  }

  /**
   * What an index of trigrams can't tell is not looked for. What is copied meanwhile is found twice
   * and not missed, because what is not copied yet is looked for first.
   */
  Found find(LogFilter filter, PromptText text) {
    if (!isIndexedFor(text)) {
      return Found.NOT_LOOKED_FOR;
    }
    var recent = uncopied.find(filter);
    var copied = copied(filter);
    var found =
        Stream.concat(recent.requests().stream(), copied.stream())
            .distinct()
            .limit(MOST + 1)
            .toList();
    return new Found(found, recent.areAll() && copied.size() <= MOST && found.size() <= MOST);
  }

  private List<RequestId> copied(LogFilter filter) {
    return LogParameters.matching(
            database.sql(
                """
                select request_id from public.generation_prompts
                where prompt ilike :pattern and (:userId::text is null or user_id = :userId)
                limit :limit
                """),
            filter)
        .param("limit", MOST + 1)
        .query((row, _) -> Columns.requestId(row))
        .list();
  }

  /** With the locale C the extension knows no letters but those of ASCII. */
  private boolean isIndexedFor(PromptText text) {
    return database
        .sql(
            """
            select datctype not in ('C', 'POSIX') from pg_index, pg_database
            where indexrelid = to_regclass('public.idx_generation_prompts_prompt') and indisvalid
              and datname = current_database()
            """)
        .query(Boolean.class)
        .optional()
        .map(text::hasTrigrams)
        .orElse(false);
  }

  /**
   * The rows of these requests that match and come after this place. They are named by a query, not
   * by a parameter alone: the server would turn that into ids again for each row it looks at.
   */
  LogStretch after(Found found, LogFilter filter, int limit, LogPlace place) {
    return LogParameters.after(
            place,
            LogParameters.matching(
                database.sql(
                    """
                    select * from public.generation_logs
                    where request_id = any(array(select unnest(:ids::uuid[]))) and prompt ilike :pattern
                      and (:status::text is null or status = :status)
                      and (:userId::text is null or user_id = :userId)
                      and created_at >= :since and created_at < :until
                      and (created_at, seq) < (:placeTime, :placeSeq)
                    order by created_at desc, seq desc limit :limit
                    """),
                filter))
        .param("ids", found.ids())
        .param("limit", limit + 1)
        .query((ResultSet rows) -> LogStretch.read(rows, limit, json));
  }

  /** How many rows of these requests match, at most so many. */
  long countUpTo(int limit, Found found, LogFilter filter) {
    return LogParameters.matching(
            database.sql(
                """
                select count(*) from (
                  select from public.generation_logs
                  where request_id = any(array(select unnest(:ids::uuid[]))) and prompt ilike :pattern
                    and (:status::text is null or status = :status)
                    and (:userId::text is null or user_id = :userId)
                    and created_at >= :since and created_at < :until
                  limit :limit) as matching
                """),
            filter)
        .param("ids", found.ids())
        .param("limit", limit)
        .query(Long.class)
        .single();
  }
}
