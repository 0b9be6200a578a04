package dev.darkroom.gateway.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LedgerOutageTest {

  @ParameterizedTest
  @CsvSource({"08006, AWAY", "53300, AWAY", "57P01, AWAY", "58030, AWAY", "57014, TOO_SLOW"})
  void what_passes_is_told_by_its_code(String state, LedgerOutage outage) {
    assertThat(LedgerOutage.behind(failure(state))).contains(outage);
    assertThat(LedgerOutage.isBehind(failure(state))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"42601", "42P01", "22001", "23505"})
  void a_statement_that_is_wrong_is_no_outage(String state) {
    assertThat(LedgerOutage.behind(failure(state))).isEmpty();
    assertThat(LedgerOutage.isBehind(failure(state))).isFalse();
  }

  @Test
  void what_was_not_answered_in_time_may_have_been_written() {
    assertThat(LedgerOutage.behind(new TransientDataAccessResourceException("not in time")))
        .contains(LedgerOutage.AWAY);
    assertThat(LedgerOutage.behind(new IllegalStateException("a bug"))).isEmpty();
  }

  private static DataAccessException failure(String state) {
    return requireNonNull(
        new SQLExceptionSubclassTranslator()
            .translate("test", null, new SQLException("no", state)));
  }
}
