package dev.darkroom.benchmarks.measure;

import dev.darkroom.benchmarks.results.Findings;
import dev.darkroom.benchmarks.stand.Database;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * What PostgreSQL wrote.
 *
 * @param commits transactions; connections report them with up to a second of delay
 * @param bytes of its log
 */
record Written(double commits, double bytes) {
  static Written by(Database database) throws SQLException {
    return new Written(
        database.ask("select xact_commit from pg_stat_database where datname = current_database()"),
        database.ask("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"));
  }

  Written since(Written earlier) {
    return new Written(commits - earlier.commits, bytes - earlier.bytes);
  }

  /** A row for each number: the median of the rounds, for each of the jobs. */
  static <T> void add(
      Findings findings, String prefix, List<T> rounds, Function<T, Written> part, int jobs) {
    var written = rounds.stream().map(part).toList();
    findings.add(
        prefix + "transactions in PostgreSQL per job",
        "",
        Findings.median(written, Written::commits) / jobs);
    findings.add(
        prefix + "write-ahead log per job",
        "KiB",
        Findings.median(written, Written::bytes) / 1024 / jobs);
  }
}
