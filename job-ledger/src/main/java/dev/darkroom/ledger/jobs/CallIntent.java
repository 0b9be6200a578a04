package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;
import java.util.HashMap;
import java.util.Map;

/**
 * The call that a worker will make if it gets the job.
 *
 * @param parameters exactly what it will send
 * @param notes what else the step should say about them
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
