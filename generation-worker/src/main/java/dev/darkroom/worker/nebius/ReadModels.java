package dev.darkroom.worker.nebius;

import dev.darkroom.worker.nebius.AttemptOutcome.Refusal;
import dev.darkroom.worker.nebius.CallInProgress.Ended;
import dev.darkroom.worker.nebius.SendRequest.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks up our models in Nebius's catalogue once the worker has started, beside its work. It costs
 * nothing and proves the key, so one that is refused is told before a job has met it. That it can't
 * be read holds nobody up: not every provider has a catalogue.
 */
final class ReadModels implements ApplicationListener<ApplicationReadyEvent> {
  private static final Logger log = LoggerFactory.getLogger(ReadModels.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int LARGEST = 4 << 20;

  private final SendRequest nebius;
  private final ReadRefusal refusals;
  private final JsonMapper json;
  private final ScheduledExecutorService timer;
  private final Duration again;
  private final Set<String> ours;
  private volatile String state = "not read yet";

  ReadModels(
      SendRequest nebius,
      ReadRefusal refusals,
      JsonMapper json,
      ScheduledExecutorService timer,
      NebiusSettings settings) {
    this.nebius = nebius;
    this.refusals = refusals;
    this.json = json;
    this.timer = timer;
    this.again = settings.readModelsEvery();
    this.ours = new TreeSet<>(settings.models());
    this.ours.add(settings.model());
  }

  /** In words, for the health page. */
  String state() {
    return state;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    readBeside();
  }

  private void readBeside() {
    var _ = Thread.ofPlatform().daemon().name("read-models").start(this::readOrTryAgain);
  }

  private void readOrTryAgain() {
    if (read()) {
      return;
    }
    log.atWarn()
        .addKeyValue("reason", state)
        .addKeyValue("again_in", again)
        .log("Nebius's models could not be read; jobs are taken all the same");
    try {
      var _ = timer.schedule(this::readBeside, again.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // the worker stops
    }
  }

  /** Whether there is nothing more to find out. */
  private boolean read() {
    var call = new CallInProgress();
    var ending =
        timer.schedule(() -> call.end(Ended.TIMEOUT), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return nebius.get("models", call, this::understand);
    } catch (IOException | JacksonException e) {
      state = "not read: " + e.getClass().getSimpleName();
      return false;
    } finally {
      ending.cancel(false);
    }
  }

  private boolean understand(Answer answer) throws IOException {
    return switch (answer.status()) {
      case 200 -> compare(answer);
      case 401 -> {
        // Jobs are taken all the same: a worker that took none from the start would not join the
        // others, and so never be ready.
        state = "nebius: " + Refusal.KEY.inWords() + ": " + refusals.reason(401, answer.body());
        yield false;
      }
      case 404, 405, 501 -> {
        state = "not read: there is no catalogue at this endpoint";
        yield true;
      }
      default -> {
        state = "not read: " + refusals.reason(answer.status(), answer.body());
        yield false;
      }
    };
  }

  private boolean compare(Answer answer) throws IOException {
    var came = json.readTree(answer.body().readNBytes(LARGEST));
    var data = came.isArray() ? came : came.path("data");
    if (!data.isArray()) {
      state = "not read: what came is no catalogue";
      return false;
    }
    var catalogue =
        data.valueStream().map(model -> model.path("id").asString("")).collect(Collectors.toSet());
    var missing = new TreeSet<>(ours);
    missing.removeAll(catalogue);
    if (missing.isEmpty()) {
      state = "in the catalogue: " + String.join(", ", ours);
      return true;
    }
    state = "missing from the catalogue: " + String.join(", ", missing);
    log.atWarn()
        .addKeyValue("models", missing)
        .log(
            "nebius: a model is missing from the catalogue; calls for it are likely to be refused with 404");
    return true;
  }
}
