package dev.darkroom.worker.nebius;

import dev.darkroom.model.FailureCode;
import dev.darkroom.picture.StoredPicture;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt; docs/architecture.md says what follows from each. A {@code reason} is
 * for this worker's log and health; where {@code told} stands beside it, that is what clients get.
 */
public sealed interface AttemptOutcome {
  /**
   * The picture came, and is saved.
   *
   * @param asked the size that was asked for
   * @param saving from the last byte of the answer until the picture was durable. It has been
   *     written to the store while it was read; what is left is to look at it, and to keep it
   */
  record Succeeded(StoredPicture picture, Size asked, Duration saving) implements AttemptOutcome {
    /** Whether it came in the size that was asked for; a model may round it. */
    public boolean isOfAskedSize() {
      return asked.equals(new Size(picture.width(), picture.height()));
    }
  }

  /** An earlier attempt has saved a picture; this one is not needed. */
  record AlreadyStored(StoredPicture picture) implements AttemptOutcome {}

  /**
   * The same call would come to the same: Nebius refuses what the job asks for, or draws it in a
   * way that can't be kept.
   *
   * @param reason also for clients: the provider's words about their own request
   */
  record Rejected(FailureCode code, String reason) implements AttemptOutcome {}

  /** It is known that there is no picture: 5xx, or an answer that holds none. */
  record Failed(FailureCode code, String reason, String told) implements AttemptOutcome {}

  /** Nebius is down or overloaded, or what stands before it can't reach it. */
  record Unavailable(@Nullable Duration retryAfter, String reason, String told)
      implements AttemptOutcome {
    public Unavailable(@Nullable Duration retryAfter, String reason) {
      this(retryAfter, reason, reason);
    }
  }

  /**
   * Nebius began a task and sent no picture. It may be carried out and billed, and so would the
   * task of another call.
   */
  record Asynchronous(String reason) implements AttemptOutcome {}

  /**
   * 403: a firewall refuses this job's prompt, or the provider refuses us, which only other jobs
   * can tell.
   *
   * @param told the same for clients
   * @param mayConcernAll whether it counts as a sign of the latter; not so where the job names a
   *     model of its own
   */
  record Forbidden(String reason, String told, boolean mayConcernAll) implements AttemptOutcome {}

  /** We are too fast. */
  record RateLimited(@Nullable Duration retryAfter, String reason) implements AttemptOutcome {}

  /** The call was certainly not made: no connection, no name, no TLS. */
  record NotMade(String reason) implements AttemptOutcome {}

  /** We thought better of it before anything was sent: the worker stops, or the job is over. */
  record Withdrawn(String reason) implements AttemptOutcome {}

  /**
   * The record on Kafka, from which the intent was logged, asks for another picture than the
   * ledger; nothing was sent. The next record is written from the ledger.
   */
  record RecordDiffers(String reason) implements AttemptOutcome {}

  /** We did not even try: the circuit breaker is open. */
  record TurnedAway(String reason) implements AttemptOutcome {}

  /**
   * Our key, our account or our model is refused; no job is to blame.
   *
   * @param ofAll whether other jobs will fare the same; not so where the job names a model of its
   *     own
   */
  record Misconfigured(Refusal refusal, String reason, boolean ofAll) implements AttemptOutcome {}

  /** Sent, and never answered: it may have been carried out and billed. */
  record Unknown(String reason, String told) implements AttemptOutcome {}

  /**
   * We ended the call ourselves, for no fault of Nebius's; it may have been carried out and billed.
   */
  record GivenUp(String reason) implements AttemptOutcome {}

  /** The picture came, and could not be kept. */
  record NotStored(String reason) implements AttemptOutcome {}

  /** In pixels. */
  record Size(int width, int height) {}

  /** What of ours Nebius refuses; waiting for others does not cure it. */
  enum Refusal {
    KEY(401, "the key was refused"),
    BALANCE(402, "the account can't pay"),
    ACCESS(403, "access was refused"),
    MODEL(404, "the model or the endpoint does not exist");

    private final int status;
    private final String inWords;

    Refusal(int status, String inWords) {
      this.status = status;
      this.inWords = inWords;
    }

    static Refusal of(int status) {
      return Stream.of(values())
          .filter(refusal -> refusal.status == status)
          .findFirst()
          .orElseThrow();
    }

    /** For people: {@code 401, the key was refused}. */
    String inWords() {
      return status + ", " + inWords;
    }

    /** Whether it may concern a single model, and so only the jobs that ask for that one. */
    boolean mayBeOfOneModel() {
      return switch (this) {
        case ACCESS, MODEL -> true;
        case KEY, BALANCE -> false;
      };
    }
  }
}
