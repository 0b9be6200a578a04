package dev.darkroom.gateway.extras.operate;

import dev.darkroom.gateway.submit.JobCanceller;
import dev.darkroom.gateway.submit.JobReplayer;
import dev.darkroom.ledger.jobs.OutcomeStore.Cancellation;
import dev.darkroom.ledger.loop.BackgroundLoop;
import dev.darkroom.ledger.operate.Operation;
import dev.darkroom.ledger.operate.OperationStore;
import dev.darkroom.ledger.operate.OperationStore.JobSlice;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Carries out operations, slice by slice; any gateway goes on where another one stopped. */
@Component
final class OperationRunner {
  private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);
  private static final int SLICE = 100;

  /** So long nobody else goes on with the operation of a gateway that was killed. */
  private static final Duration RESERVATION = Duration.ofSeconds(30);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final OperationStore operationStore;
  private final JobReplayer replayer;
  private final JobCanceller canceller;

  OperationRunner(OperationStore operationStore, JobReplayer replayer, JobCanceller canceller) {
    this.operationStore = operationStore;
    this.replayer = replayer;
    this.canceller = canceller;
  }

  @Bean
  BackgroundLoop operationsLoop() {
    return new BackgroundLoop("run-operations", LOOK_EVERY, this::round);
  }

  /** True if there may be more to do at once. */
  boolean round() {
    return operationStore.take(RESERVATION).map(this::runSlice).orElse(false);
  }

  private boolean runSlice(Operation operation) {
    var slice = operationStore.slice(operation, SLICE);
    var changed =
        switch (operation.action()) {
          case REPLAY ->
              replayer.replayAll(slice.jobs(), operation.sees(), operation.id().toString());
          case CANCEL -> cancelAll(operation, slice);
        };
    if (operationStore.advance(operation, slice, changed) && slice.nextBefore() == null) {
      log.atInfo()
          .addKeyValue("operation", operation.id())
          .addKeyValue("changed", operation.changed() + changed)
          .log("operation completed");
    }
    return true;
  }

  private int cancelAll(Operation operation, JobSlice slice) {
    return (int)
        slice.jobs().stream()
            .map(job -> canceller.cancel(job, operation.sees(), operation.reason(), null))
            .filter(cancellation -> !(cancellation instanceof Cancellation.NotOpen))
            .count();
  }
}
