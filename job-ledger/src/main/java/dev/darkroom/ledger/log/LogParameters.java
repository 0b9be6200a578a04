package dev.darkroom.ledger.log;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Names for statements what is asked of the log. */
final class LogParameters {
  private LogParameters() {}

  /** Names what a filter asks for; a statement takes from it what it needs. */
  static JdbcClient.StatementSpec matching(JdbcClient.StatementSpec statement, LogFilter filter) {
    return statement
        .param("requestId", filter.requestId() == null ? null : filter.requestId().value())
        .param("status", filter.status() == null ? null : filter.status().word())
        .param("userId", filter.userId())
        .param("since", filter.range().since())
        .param("until", filter.range().until())
        .param("pattern", filter.text() == null ? null : filter.text().pattern());
  }

  /** Names the place after which rows are asked for. */
  static JdbcClient.StatementSpec after(LogPlace place, JdbcClient.StatementSpec statement) {
    return statement.param("placeTime", place.createdAt()).param("placeSeq", place.seq());
  }
}
