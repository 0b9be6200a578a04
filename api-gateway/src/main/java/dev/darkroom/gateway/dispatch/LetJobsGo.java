package dev.darkroom.gateway.dispatch;

import dev.darkroom.ledger.jobs.JobTurns;
import dev.darkroom.ledger.jobs.JobTurns.Lot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Lets jobs go to Kafka in the order of their turns, as workers take up those before them: jobs
 * that were held back when they were accepted, retries whose time has come, rescued jobs, and those
 * whose record is lost.
 */
final class LetJobsGo {
  /** As long as there is plenty of room, only retries wait for a look. */
  private static final int ROOMY_ROUNDS = 4;

  /** While nothing happens here, there is a look now and then, for what other gateways left. */
  private static final int QUIET_ROUNDS = 20;

  private final JobTurns turns;
  private final SendJobs sendJobs;
  private final KafkaFlow flow;
  private final RoomOnKafka room;
  private final TellHoldingBack holdingBack;
  private final int batch;
  private final Counter letGo;
  private int roundsSinceLook;
  private boolean more;

  LetJobsGo(
      JobTurns turns,
      SendJobs sendJobs,
      KafkaFlow flow,
      RoomOnKafka room,
      TellHoldingBack holdingBack,
      int batch,
      MeterRegistry meters) {
    this.turns = turns;
    this.sendJobs = sendJobs;
    this.flow = flow;
    this.room = room;
    this.holdingBack = holdingBack;
    this.batch = batch;
    this.letGo =
        Counter.builder("darkroom.outbox.in.turn")
            .description("Jobs that this gateway let go to Kafka in their turn")
            .register(meters);
  }

  /** True where there may be more to do at once. */
  boolean round() {
    roundsSinceLook++;
    if (!isWorthALook()) {
      return false;
    }
    var drawn = turns.drawForDue(batch);
    var fullLot = !flow.leavesTheLineToOthers() && letGo();
    roundsSinceLook = 0;
    more = fullLot || drawn == batch;
    return more;
  }

  private boolean isWorthALook() {
    return more
        || room.isScarce()
        || roundsSinceLook >= (room.isTouched() ? ROOMY_ROUNDS : QUIET_ROUNDS);
  }

  private boolean letGo() {
    // While Kafka is away one job finds out; a whole lot would only be reserved in vain.
    var limit = flow.isStalled() ? 1 : batch;
    return turns.letGo(room.size(), limit).map(lot -> send(lot, limit)).orElse(false);
  }

  private boolean send(Lot lot, int limit) {
    room.looked(lot.untaken(), lot.jobs().size(), lot.othersWait(), roundsSinceLook);
    holdingBack.tell(lot.othersWait());
    letGo.increment(lot.jobs().size());
    sendJobs.sendAndAwait(lot.jobs());
    return lot.jobs().size() == limit && !flow.isStalled();
  }
}
