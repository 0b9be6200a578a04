package dev.darkroom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.darkroom.testservers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IndexedPromptsIT {
  private static final RunningGateway GATEWAY =
      RunningGateway.start(
          TestServers.freshDatabase(),
          TestServers.kafka(),
          "--darkroom.logs.index-prompts=50ms",
          "--darkroom.logs.index-batch=100");

  private final JdbcClient database = GATEWAY.bean(JdbcClient.class);

  @AfterAll
  static void close() {
    GATEWAY.close();
  }

  @Test
  void an_old_log_is_indexed_by_and_by_and_what_is_young_is_found_without() {
    database
        .sql(
            """
            insert into public.generation_logs (request_id, user_id, prompt, status, step, created_at)
            select gen_random_uuid(), 'ada', 'a fox ' || n, 'started', 'request_received',
              now() - interval '1 hour' + n * interval '1 ms'
            from generate_series(1, 5050) as n
            """)
        .update();
    await().until(() -> indexed() == 5050);
    await().until(() -> unindexedSeconds() == 0);

    GATEWAY.submit("a young fox");

    assertThat(found("young%20fox")).isOne();
    assertThat(found("a%20fox%2077")).isEqualTo(11); // and 770 to 779
    await().until(() -> unindexedSeconds() > 0);
    assertThat(indexed()).isEqualTo(5050);
  }

  private long indexed() {
    return database
        .sql("select count(*) from public.generation_prompts")
        .query(Long.class)
        .single();
  }

  private static double unindexedSeconds() {
    return GATEWAY.bean(MeterRegistry.class).get("darkroom.logs.unindexed.seconds").gauge().value();
  }

  private static int found(String text) {
    return GATEWAY.get("/api/logs?q=" + text).json().get("count").intValue();
  }
}
