package dev.darkroom.worker.nebius;

import dev.darkroom.ledger.loop.LoopRound;
import dev.darkroom.worker.nebius.CancellableCall.CancelReason;
import dev.darkroom.worker.nebius.NebiusTransport.NebiusResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks up our models in a provider's catalogue after the start, until there is an answer. That is
 * free and proves the key before the first job. Jobs do not wait for it: not every provider has a
 * catalogue.
 */
final class ModelCatalogCheck implements LoopRound {
  private static final Logger log = LoggerFactory.getLogger(ModelCatalogCheck.class);
  private static final int LARGEST = 4 << 20;

  private final String provider;
  private final NebiusTransport transport;
  private final ResponseClassifier responses;
  private final JsonMapper json;
  private final Set<String> models;
  private volatile String state = "not read yet";
  private volatile CancellableCall call = new CancellableCall(Duration.ZERO);
  private boolean isFinal;

  ModelCatalogCheck(
      String provider,
      NebiusTransport transport,
      ResponseClassifier responses,
      JsonMapper json,
      NebiusSettings settings) {
    this.provider = provider;
    this.transport = transport;
    this.responses = responses;
    this.json = json;
    this.models = new TreeSet<>(settings.models());
    this.models.add(settings.model());
  }

  /** In words, for the health page. */
  String state() {
    return state;
  }

  @Override
  public boolean run() {
    if (!isFinal) {
      isFinal = check();
    }
    return false;
  }

  private boolean check() {
    try {
      call = new CancellableCall(Duration.ofDays(1));
      if (transport.get("models", call, this::evaluate)) {
        return true;
      }
    } catch (IOException | JacksonException e) {
      state = "not read: " + e.getClass().getSimpleName();
    }
    log.atWarn()
        .addKeyValue("provider", provider)
        .addKeyValue("reason", state)
        .log("could not read the provider's model catalogue; jobs are processed all the same");
    return false;
  }

  @Override
  public void wakeUp() {
    call.cancel(CancelReason.SHUTDOWN);
  }

  /** Whether the answer is final. */
  private boolean evaluate(NebiusResponse response) throws IOException {
    return switch (response.status()) {
      case 200 -> compare(response);
      case 404, 405, 501 -> {
        state = "not read: there is no catalogue at this endpoint";
        yield true;
      }
      default -> {
        // also after a 401 the worker takes jobs: otherwise it would not join the group of workers,
        // and so never be ready
        state = "not read: " + responses.reason(response.status(), response.body());
        yield false;
      }
    };
  }

  private boolean compare(NebiusResponse response) throws IOException {
    var body = json.readTree(response.body().readNBytes(LARGEST));
    var data = body.isArray() ? body : body.path("data");
    if (!data.isArray()) {
      state = "not read: the response is not a catalogue";
      return false;
    }
    var catalogue =
        data.valueStream().map(model -> model.path("id").asString("")).collect(Collectors.toSet());
    var missing = new TreeSet<>(models);
    missing.removeAll(catalogue);
    if (missing.isEmpty()) {
      state = "in the catalogue: " + String.join(", ", models);
      return true;
    }
    state = "missing from the catalogue: " + String.join(", ", missing);
    log.atWarn()
        .addKeyValue("provider", provider)
        .addKeyValue("models", missing)
        .log("models are missing from the provider's catalogue; calls for them probably get 404");
    return true;
  }
}
