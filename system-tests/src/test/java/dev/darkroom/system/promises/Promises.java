package dev.darkroom.system.promises;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.promises.Promise.Breach;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** All promises. A new one is added here. */
public final class Promises {
  /** The sweep looks once a second, and may find the ledger away. */
  private static final Duration SLACK = Duration.ofSeconds(10);

  /** What the store itself lets lie. */
  private static final Duration DRAFTS_MAY_STAY = Duration.ofHours(1);

  public static final Promise NO_JOB_IS_LOST = new NoJobIsLost(SLACK);
  public static final Promise EVERY_JOB_ENDS_ONCE = new EveryJobEndsOnce(SLACK);
  public static final Promise NO_SILENT_SECOND_BILL = new NoSilentSecondBill();
  public static final Promise EVENTS_ARRIVE_AT_LEAST_ONCE = new EventsArriveAtLeastOnce();
  public static final Promise WEBHOOKS_ARRIVE_AT_LEAST_ONCE = new WebhooksArriveAtLeastOnce();
  public static final Promise NO_ORPHAN_PICTURE = new NoOrphanPicture(DRAFTS_MAY_STAY);
  public static final Promise STEPS_TELL_THE_TRUTH = new StepsTellTheTruth();
  public static final Promise ONE_KEY_ONE_JOB = new OneKeyOneJob();

  public static final Promise RECEIPT_ADDS_UP = new ReceiptAddsUp();

  private Promises() {}

  public static List<Promise> all() {
    return List.of(
        NO_JOB_IS_LOST,
        EVERY_JOB_ENDS_ONCE,
        NO_SILENT_SECOND_BILL,
        EVENTS_ARRIVE_AT_LEAST_ONCE,
        WEBHOOKS_ARRIVE_AT_LEAST_ONCE,
        NO_ORPHAN_PICTURE,
        STEPS_TELL_THE_TRUTH,
        ONE_KEY_ONE_JOB,
        RECEIPT_ADDS_UP);
  }

  /** What the evidence breaks, of all promises. */
  public static List<Breach> breaches(Evidence evidence) {
    return all().stream().flatMap(promise -> promise.breaches(evidence).stream()).toList();
  }

  /** Everything about the first breaches of each promise; the rest by number. */
  public static String inFull(List<Breach> breaches) {
    return breaches.stream().collect(Collectors.groupingBy(Breach::promise)).values().stream()
        .map(of ->
            of.getFirst().promise()
                + " was broken "
                + of.size()
                + " times:\n"
                + of.stream().limit(5).map(Breach::inFull).collect(Collectors.joining("\n")))
        .collect(Collectors.joining("\n\n"));
  }
}
