package dev.darkroom.ledger.jobs;

import dev.darkroom.model.RequestId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Which jobs a worker claims, for calls to which providers.
 *
 * @param providers by job
 * @param modelNames by provider, the names of models that it calls otherwise, by ours
 */
public record ClaimPlan(
    SequencedMap<RequestId, String> providers, Map<String, Map<String, String>> modelNames) {
  /** All of the jobs, for calls to Nebius. */
  static ClaimPlan ofNebius(Collection<RequestId> jobs) {
    var providers = new LinkedHashMap<RequestId, String>();
    jobs.forEach(job -> providers.put(job, "nebius"));
    return new ClaimPlan(providers, Map.of());
  }

  public boolean holds(RequestId job) {
    return providers.containsKey(job);
  }
}
