package dev.darkroom.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.uuid.Generators;
import dev.darkroom.gateway.RunningGateway;
import dev.darkroom.gateway.TestingWorker;
import dev.darkroom.ledger.jobs.NewJob;
import dev.darkroom.ledger.jobs.NewJob.Acceptance.Accepted;
import dev.darkroom.model.GenerationRequest;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import dev.darkroom.testservers.TestServers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

@DisplayNameGeneration(ReplaceUnderscores.class)
class JobDispatcherIT {

  /** Once such jobs used up the window until the next look into the ledger. */
  @Test
  void jobs_that_can_not_be_accepted_take_no_room_in_the_window() {
    try (var gateway =
        RunningGateway.start(
            TestServers.freshDatabase(), TestServers.kafka(), "--darkroom.outbox.refill=10s")) {
      var dispatcher = gateway.bean(JobDispatcher.class);
      var known = newJob();
      dispatcher.accept(List.of(known));

      var wholeWindow = Collections.nCopies(10_000, known);
      assertThatThrownBy(() -> dispatcher.accept(wholeWindow))
          .isInstanceOf(DataIntegrityViolationException.class);

      assertThat(dispatcher.accept(List.of(newJob())))
          .singleElement()
          .isInstanceOfSatisfying(
              Accepted.class, accepted -> assertThat(accepted.dispatched()).isTrue());
    }
  }

  private static NewJob newJob() {
    return new NewJob(
        new RequestId(Generators.timeBasedEpochGenerator().generate()),
        "ada",
        new GenerationRequest("A dipper", null, 0.7, 0.5, null, 512, 512, 7, null, null),
        TestingWorker.CALL,
        Duration.ofMinutes(5),
        TraceParent.begin(new Random(1)));
  }
}
