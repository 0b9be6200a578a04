package dev.darkroom.system.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhooksArriveAtLeastOnceTest {
  private final Promise promise = Promises.WEBHOOKS_ARRIVE_AT_LEAST_ONCE;

  @Test
  void one_webhook_of_the_end_is_enough_and_a_second_with_its_id_is_no_harm() {
    assertThat(says(TestingJob.completed())).isEmpty();
    assertThat(says(TestingJob.completed().toldByWebhook("1", JobStatus.COMPLETED))).isEmpty();
    assertThat(says(TestingJob.failed())).isEmpty();
    assertThat(says(TestingJob.running())).isEmpty();
  }

  @Test
  void none_is_a_breach() {
    assertThat(says(TestingJob.completed().withoutWebhooks()))
        .containsExactly("no webhook told of the job's end");
  }

  @Test
  void a_second_id_is_a_breach() {
    assertThat(says(TestingJob.completed().toldByWebhook("2", JobStatus.COMPLETED)))
        .singleElement()
        .asString()
        .startsWith("webhooks of one end have different ids");
  }

  @Test
  void another_end_is_a_breach_and_so_is_the_end_of_a_job_that_runs() {
    assertThat(says(TestingJob.completed().toldByWebhook("1", JobStatus.FAILED)))
        .singleElement()
        .asString()
        .startsWith("a webhook says something else");
    assertThat(says(TestingJob.running().toldByWebhook("1", JobStatus.COMPLETED))).hasSize(1);
  }

  private List<String> says(TestingJob job) {
    return promise.breaches(job.evidence()).stream().map(Promise.Breach::says).toList();
  }
}
