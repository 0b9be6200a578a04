package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.ObservedCall;
import dev.darkroom.system.evidence.StepRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Each call was announced in the log before it arrived, with the parameters it came with; a call
 * after one that may have been billed follows a step that says what is known of the first; and no
 * picture is bought that is already in the store.
 */
public record NoSilentSecondBill() implements Promise.ForEachJob {
  @Override
  public List<Breach> breaches(Evidence evidence) {
    var strays =
        evidence.strayCalls().stream()
            .map(call -> new Breach(name(), "a call belongs to no job: " + call, null));
    return Stream.concat(strays, ForEachJob.super.breaches(evidence).stream()).toList();
  }

  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var calls = history.calls();
    return Stream.of(
            IntStream.range(0, calls.size())
                .boxed()
                .flatMap(before -> aboutCall(history, calls.get(before), before)),
            history.intents().stream().flatMap(intent -> withoutOutcome(history, intent)))
        .flatMap(says -> says);
  }

  /**
   * @param before how many calls arrived before this one
   */
  private static Stream<String> aboutCall(JobHistory history, ObservedCall call, int before) {
    var announced = loggedBefore(history.intents(), call.arrivedAt());
    var explained =
        loggedBefore(
            history.steps().stream().filter(StepRow::isSetback).toList(), call.arrivedAt());
    return Stream.of(
            ifSo(
                announced <= before,
                "call %d arrived when %d were announced".formatted(call.number(), announced)),
            ifSo(
                before > 0
                    && history.calls().get(before - 1).reply() != ObservedCall.SimulatorReply.ERROR
                    && explained < before,
                "call %d arrived, and the log did not say yet what became of the one before it"
                    .formatted(call.number())),
            otherParameters(history, call),
            boughtAgain(history, call, before))
        .flatMap(says -> says);
  }

  private static long loggedBefore(List<StepRow> rows, Instant moment) {
    return rows.stream().filter(row -> !row.at().isAfter(moment)).count();
  }

  private static Stream<String> otherParameters(JobHistory history, ObservedCall call) {
    return history.intents().stream()
        .map(StepRow::details)
        .map(details -> details.get("parameters"))
        .filter(announced -> !isWhatCame(announced, call.parameters()))
        .map(announced ->
            "call %d came with %s, announced were %s"
                .formatted(call.number(), call.parameters(), announced));
  }

  /** What the announcement leaves out is the provider's default. */
  private static boolean isWhatCame(Object announced, Map<String, Object> came) {
    return announced instanceof Map<?, ?> parameters
        && parameters.containsKey("prompt")
        && parameters.entrySet().stream()
            .allMatch(parameter ->
                String.valueOf(parameter.getValue())
                    .equals(String.valueOf(came.get(String.valueOf(parameter.getKey())))));
  }

  /**
   * A call that was announced before the picture was saved may still come after it, from a worker
   * that was frozen in between; none may be announced afterwards and come.
   */
  private static Stream<String> boughtAgain(JobHistory history, ObservedCall call, int before) {
    return history.file().stream()
        .filter(file -> call.arrivedAt().isAfter(file.savedAt()))
        .filter(file -> loggedBefore(history.intents(), file.savedAt()) <= before)
        .map(file ->
            "call %d was made for a picture that was saved at %s"
                .formatted(call.number(), file.savedAt()));
  }

  /** Only the attempt that runs may leave open how it ended. */
  private static Stream<String> withoutOutcome(JobHistory history, StepRow intent) {
    boolean running = !history.job().hasEnded() && intent.attempt() == history.job().attempt();
    boolean told =
        history.saidOf(intent.attempt()).stream().anyMatch(row -> row.isSetback() || row.isEnd());
    return ifSo(
        !running && !told, "attempt %d has no outcome in the log".formatted(intent.attempt()));
  }
}
