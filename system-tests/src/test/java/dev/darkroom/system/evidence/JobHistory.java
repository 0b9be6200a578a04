package dev.darkroom.system.evidence;

import dev.darkroom.model.Step;
import dev.darkroom.system.clients.ArrivedWebhook;
import dev.darkroom.system.clients.ClientObservations;
import dev.darkroom.system.clients.ReceivedEvent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about one job.
 *
 * @param steps in the order in which they were written
 * @param calls in the order in which they arrived at the provider
 * @param picture its file in the store
 * @param events in the order in which they arrived
 * @param webhooks in the order in which they arrived
 * @param seen what a client that asked for it was told last
 */
public record JobHistory(
    JobRow job,
    List<StepRow> steps,
    List<ObservedCall> calls,
    @Nullable PictureFile picture,
    List<ReceivedEvent> events,
    List<ArrivedWebhook> webhooks,
    @Nullable ClientObservations seen) {
  public JobHistory {
    steps = List.copyOf(steps);
    calls = List.copyOf(calls);
    events = List.copyOf(events);
    webhooks = List.copyOf(webhooks);
  }

  /** The rows that announce a call. */
  public List<StepRow> intents() {
    return steps.stream().filter(row -> row.step() == Step.CALLING_NEBIUS_API).toList();
  }

  /** The rows that end the job; there should be one. */
  public List<StepRow> ends() {
    return steps.stream().filter(StepRow::isEnd).toList();
  }

  /** What the log says of one attempt after its intent. */
  public List<StepRow> saidOf(int attempt) {
    return steps.stream()
        .filter(row -> row.attempt() == attempt && row.step() != Step.CALLING_NEBIUS_API)
        .toList();
  }

  public Optional<PictureFile> file() {
    return Optional.ofNullable(picture);
  }

  /** Everything, one line each, for whoever has to find out what happened. */
  public String inFull() {
    return Stream.of(
            Stream.of(job),
            steps.stream(),
            calls.stream(),
            file().stream(),
            events.stream(),
            webhooks.stream(),
            Stream.ofNullable(seen))
        .flatMap(lines -> lines)
        .map(line -> "    " + line)
        .collect(Collectors.joining("\n"));
  }
}
