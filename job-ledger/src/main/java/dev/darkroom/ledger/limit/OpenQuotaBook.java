package dev.darkroom.ledger.limit;

import dev.darkroom.ledger.row.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Opens the books that stand in {@code generation_quota}, one in each row. */
public final class OpenQuotaBook {
  private static final int TRIES = 100;

  private final JdbcClient database;
  private final JsonMapper json;

  public OpenQuotaBook(JdbcClient database, JsonMapper json) {
    this.database = database;
    // workers of two versions may share a book for a while
    this.json = json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  }

  /** The book of this name; its row is written with the first revision. */
  public <B> QuotaBook<B> named(String name, Class<B> content) {
    return new Row<>(name, content);
  }

  /**
   * @param revision 0 where there is no row yet
   */
  private record Page<B>(@Nullable B book, long revision, Instant now) {}

  private final class Row<B> implements QuotaBook<B> {
    private final String name;
    private final Class<B> content;

    Row(String name, Class<B> content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public <A> A revise(Revision<B, A> revision) {
      for (var tried = 0; tried < TRIES; tried++) {
        var page = read();
        var revised = revision.of(page.book(), page.now());
        if (writeIfStill(page.revision(), revised.book())) {
          return revised.answer();
        }
      }
      throw new OptimisticLockingFailureException("others were always quicker to revise " + name);
    }

    private Page<B> read() {
      return database
          .sql(
              """
              select quota.book, coalesce(quota.revision, 0) as revision, clock_timestamp() as now
              from (values (:name)) as wanted (name) left join public.generation_quota quota using (name)
              """)
          .param("name", name)
          .query((row, _) -> page(row))
          .single();
    }

    private Page<B> page(ResultSet row) throws SQLException {
      var book = row.getString("book");
      return new Page<>(
          book == null ? null : json.readValue(book, content),
          row.getLong("revision"),
          Columns.instant(row, "now"));
    }

    /**
     * What stands here is worth nothing after a crash of the server, so nobody has to wait until it
     * is on the disk.
     */
    private boolean writeIfStill(long revision, B book) {
      return database
              .sql(
                  """
                  with lazily as materialized (select set_config('synchronous_commit', 'off', true) as commit)
                  insert into public.generation_quota as quota (name, book, revision, revised_at)
                  select :name, :book::jsonb, :revision + 1, clock_timestamp() from lazily
                  where :revision = 0 or exists (
                    select from public.generation_quota where name = :name and revision = :revision)
                  on conflict (name) do update
                  set book = excluded.book, revision = excluded.revision, revised_at = excluded.revised_at
                  where quota.revision = :revision
                  """)
              .param("name", name)
              .param("book", json.writeValueAsString(book))
              .param("revision", revision)
              .update()
          == 1;
    }
  }
}
