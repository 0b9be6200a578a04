package dev.darkroom.worker.nebius;

import dev.darkroom.ledger.jobs.ClaimPlan;
import dev.darkroom.model.JobMessage;
import dev.darkroom.model.RequestId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The providers in order of preference, and which of them gets a job: the first that serves its
 * model and takes calls now. A provider that has just failed a job comes last for it.
 */
public final class Providers {
  private final List<Provider> all;
  private final Map<String, Provider> byName;
  private final Map<String, Map<String, String>> modelNames;

  /**
   * Creates it.
   *
   * @param all in order of preference, at least one
   */
  public Providers(List<Provider> all) {
    this.all = List.copyOf(all);
    this.byName = this.all.stream().collect(Collectors.toMap(Provider::name, it -> it));
    this.modelNames = this.all.stream().collect(Collectors.toMap(Provider::name, Provider::models));
  }

  public List<Provider> all() {
    return all;
  }

  /**
   * The provider of this name; the first one if there is none, as in a claim of an older version.
   */
  public Provider named(String name) {
    return byName.getOrDefault(name, all.getFirst());
  }

  /** How long a call may take, wherever it is made. */
  public Duration timeout() {
    return all.getFirst().client().timeout();
  }

  /** How long a job waits for which the circuit was open. */
  public Duration probeAfter() {
    return all.getFirst().breaker().probeAfter();
  }

  /**
   * Chooses a provider for each job. A job for which none has room is not in the plan; but the only
   * provider gets all, and its circuit breaker decides.
   *
   * @param room how many calls may begin now
   */
  public ClaimPlan plan(List<JobMessage> jobs, ToIntFunction<Provider> room) {
    var left = new HashMap<String, Integer>();
    all.forEach(provider -> left.put(provider.name(), room.applyAsInt(provider)));
    var chosen = new LinkedHashMap<RequestId, String>();
    for (var job : jobs) {
      var open =
          serving(model(job), job.failedProvider()).stream()
              .filter(provider -> left.getOrDefault(provider.name(), 0) > 0)
              .findFirst()
              .or(() -> all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty());
      open.ifPresent(provider -> {
        left.merge(provider.name(), -1, Integer::sum);
        chosen.put(job.requestId(), provider.name());
      });
    }
    return new ClaimPlan(chosen, modelNames);
  }

  private static String model(JobMessage job) {
    return job.call().get("parameters") instanceof Map<?, ?> parameters
        ? String.valueOf(parameters.get("model"))
        : "";
  }

  /**
   * Whether the next attempt at a job need not wait: another provider of its model takes calls, and
   * the attempts have not yet gone twice through all of them, or are within a later round.
   *
   * @param attempt the number of the one that this provider has failed
   */
  public boolean isOtherNext(String model, String failed, int attempt) {
    var serving = serving(model, failed);
    return (attempt < 2 * serving.size() || attempt % serving.size() != 0)
        && serving.stream()
            .anyMatch(provider -> !provider.name().equals(failed) && provider.callsAllowed() > 0);
  }

  /** How long until the next call may probe; empty while calls are made. */
  public Optional<Duration> untilProbe(String model) {
    return serving(model, null).stream()
        .map(provider -> provider.breaker().untilProbe())
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  /**
   * Those that serve a model, in order of preference, beginning after the one that has failed.
   * Where none does, the first of all has to say so.
   */
  private List<Provider> serving(String model, @Nullable String failed) {
    var serving = new ArrayList<>(all);
    serving.removeIf(provider -> !provider.serves(model));
    if (serving.isEmpty()) {
      return List.of(all.getFirst());
    }
    for (int place = 0; place < serving.size(); place++) {
      if (serving.get(place).name().equals(failed)) {
        Collections.rotate(serving, -place - 1);
        break;
      }
    }
    return serving;
  }
}
