package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QueryTimeoutIT {
  private final RunningGateway gateway = RunningGateway.shared();

  @Test
  void a_question_that_takes_too_long_is_said_to_take_too_long() throws SQLException {
    try (var holder = gateway.bean(DataSource.class).getConnection();
        var lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("lock table generation_logs in access exclusive mode");

      var reply = gateway.get("/api/logs?userId=nobody");
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text("/code")).isEqualTo("query_too_slow");
      assertThat(reply.text("/error")).contains("too long").doesNotContain("does not answer");
      assertThat(reply.header("Retry-After")).isEqualTo("10");
      BadInputIT.assertIsProblem(reply);

      holder.rollback();
      holder.setAutoCommit(true);
    }
  }
}
