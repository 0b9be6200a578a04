package dev.darkroom.ledger.jobs;

import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import dev.darkroom.model.TraceParent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that this worker now holds, with its intent already in the log.
 *
 * @param timeLeft until its deadline, by the ledger's clock
 */
public record ClaimedJob(
    Attempt attempt, JobMessage message, @Nullable TraceParent trace, Duration timeLeft) {
  /**
   * The call that a worker will make if its claim succeeds.
   *
   * @param parameters exactly the ones of the call
   * @param notes more details for the step
   */
  public record CallIntent(RequestId requestId, Map<String, ?> parameters, Map<String, ?> notes) {
    public CallIntent(RequestId requestId, Map<String, ?> parameters) {
      this(requestId, parameters, Map.of());
    }

    /** As the step's details hold it. */
    Map<String, Object> details() {
      var details = new HashMap<String, Object>(notes);
      details.put("parameters", parameters);
      return details;
    }
  }
}
