package dev.darkroom.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.model.JobStatus;
import dev.darkroom.system.clients.ClientReply;
import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.run.ObservedSystem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class KafkaOutageIT {
  private static final Duration BEFORE = Duration.ofSeconds(6);
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("darkroom.outage.seconds", 8));
  private static final int JOBS_PER_SECOND = 20;

  /** Both medians are a few milliseconds; beside a build they may differ by chance. */
  private static final Duration CHANCE = Duration.ofMillis(20);

  private final ObservedSystem observed = SharedSystem.get();
  private final Clock clock = Clock.systemUTC();

  @Test
  void without_Kafka_jobs_are_accepted_as_fast_as_ever_and_completed_when_it_is_back()
      throws Exception {
    var started = clock.instant();
    Instant gone;
    Instant back;
    try (var _ = observed.clients().keepSubmitting(JOBS_PER_SECOND)) {
      pass(BEFORE);
      gone = clock.instant();
      observed.system().kafka().kill();
      pass(OUTAGE);
      back = clock.instant();
      observed.system().kafka().start();
    }
    var restarted = System.nanoTime();
    var evidence = observed.checkPromises(started, OUTAGE.plusSeconds(90));
    var recovered = Duration.ofNanos(System.nanoTime() - restarted);

    var before = medianOf(answers(evidence.submissions(), started.plusSeconds(1), gone));
    var during = answers(evidence.submissions(), gone, back);
    System.out.printf(
        "Kafka away for %d s: median of POST %.1f ms before, %.1f ms during (slowest %.1f ms); all"
            + " %d jobs ended %.1f s after its start%n",
        OUTAGE.toSeconds(),
        millis(before),
        millis(medianOf(during)),
        during.stream().map(ClientReply::took).mapToDouble(KafkaOutageIT::millis).max().orElse(0),
        evidence.jobs().size(),
        millis(recovered) / 1_000);
    assertThat(during).isNotEmpty().allMatch(ClientReply::isAccepted);
    assertThat(medianOf(during)).isLessThanOrEqualTo(before.multipliedBy(2).plus(CHANCE));
    assertThat(evidence.jobs()).allMatch(history -> history.job().status() == JobStatus.COMPLETED);
  }

  private static void pass(Duration time) throws InterruptedException {
    var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static List<ClientReply> answers(
      List<ClientSubmission> submissions, Instant from, Instant until) {
    return submissions.stream()
        .flatMap(submission -> submission.answers().stream())
        .filter(answer -> !answer.sentAt().isBefore(from) && answer.sentAt().isBefore(until))
        .toList();
  }

  private static Duration medianOf(List<ClientReply> answers) {
    var sorted = answers.stream().map(ClientReply::took).sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
