package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.model.Step;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.ObservedCall;
import dev.darkroom.system.evidence.ObservedCall.SimulatorReply;
import dev.darkroom.system.evidence.StepRow;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A job's steps stand in the order in which things happened, leave none out, and what they say of
 * each attempt is what the provider answered to it.
 */
public record StepsTellTheTruth() implements Promise.ForEachJob {
  private static final Pattern ANSWERED = Pattern.compile("(?:Nebius|spare) answered (\\d{3})\\b");

  @Override
  public Stream<String> brokenBy(JobHistory history) {
    return Stream.of(
            order(history),
            statuses(history),
            numbers(history),
            history.intents().stream().flatMap(intent -> outcomes(history, intent)),
            history.steps().stream().flatMap(row -> againstTheProvider(history, row)))
        .flatMap(says -> says);
  }

  private static Stream<String> order(JobHistory history) {
    var steps = history.steps();
    var received = steps.stream().filter(row -> row.step() == Step.REQUEST_RECEIVED).count();
    return Stream.of(
            ifSo(
                received != 1 || steps.getFirst().step() != Step.REQUEST_RECEIVED,
                "the log does not begin with request_received, or has it more than once"),
            ifSo(
                !steps.isEmpty()
                    && steps.subList(0, steps.size() - 1).stream().anyMatch(StepRow::isEnd),
                "something was logged after the job's end"),
            IntStream.range(1, steps.size())
                .filter(i -> steps.get(i).at().isBefore(steps.get(i - 1).at()))
                .mapToObj(i -> "step %s is dated before the one before it".formatted(steps.get(i))))
        .flatMap(says -> says);
  }

  private static Stream<String> statuses(JobHistory history) {
    return history.steps().stream()
        .filter(row -> row.status() != row.step().status())
        .map(row -> "a step has a status that is not its own: " + row);
  }

  private static Stream<String> numbers(JobHistory history) {
    var numbers = history.intents().stream().map(StepRow::attempt).toList();
    var expected = IntStream.rangeClosed(1, history.job().attempt()).boxed().toList();
    return ifSo(
        !numbers.equals(expected),
        "attempts are numbered %s, and the job had %d".formatted(numbers, history.job().attempt()));
  }

  /** What is said of an attempt stands between its intent and the next, once. */
  private static Stream<String> outcomes(JobHistory history, StepRow intent) {
    int attempt = intent.attempt();
    var said = history.saidOf(attempt);
    var setbacks = said.stream().filter(StepRow::isSetback).toList();
    boolean completed = said.stream().anyMatch(row -> row.step() == Step.IMAGE_GENERATED);
    var next = history.intents().stream().filter(row -> row.attempt() == attempt + 1).findFirst();
    return Stream.of(
            said.stream()
                .filter(row -> row.seq() < intent.seq())
                .map(row -> "attempt %d ended before it began: %s".formatted(attempt, row)),
            next.stream()
                .flatMap(begun -> said.stream().filter(row -> row.seq() > begun.seq()))
                .map(
                    row -> "attempt %d ended after the next had begun: %s".formatted(attempt, row)),
            ifSo(
                setbacks.size() > 1,
                "attempt %d ended %d times".formatted(attempt, setbacks.size())),
            ifSo(
                completed && setbacks.stream().anyMatch(row -> row.step() == Step.ATTEMPT_FAILED),
                "attempt %d failed, and brought the picture".formatted(attempt)))
        .flatMap(says -> says);
  }

  private static Stream<String> againstTheProvider(JobHistory history, StepRow row) {
    return switch (row.step()) {
      case ATTEMPT_FAILED -> failedAsAnswered(history, row);
      case IMAGE_GENERATED ->
          ifSo(
              answersUntil(history, row.at())
                  .noneMatch(call -> call.reply() == SimulatorReply.PICTURE),
              "a picture was generated that the provider never drew");
      // It may be anything: that is what it says.
      case ATTEMPT_OUTCOME_UNKNOWN -> Stream.empty();
      case NEBIUS_API_ERROR -> statusWasSeen(history, row, Instant.MIN);
      case REQUEST_RECEIVED,
          RESTORED_FROM_KAFKA,
          CALLING_NEBIUS_API,
          RETRY_SCHEDULED,
          DEADLINE_EXCEEDED,
          ATTEMPTS_EXHAUSTED,
          RECORD_TOO_LARGE,
          CANCELLED ->
          Stream.empty();
    };
  }

  private static Stream<String> failedAsAnswered(JobHistory history, StepRow row) {
    var begun =
        history.intents().stream()
            .filter(intent -> intent.attempt() == row.attempt())
            .map(StepRow::at)
            .findFirst()
            .orElse(Instant.MIN);
    return Stream.concat(
        statusWasSeen(history, row, begun),
        switch (row.code()) {
          case "rate_limited" -> oneWas(history, row, begun, call -> is(call, 429));
          // A good answer may also have been cut on its way.
          case "bad_reply" -> oneWas(history, row, begun, call -> is(call, 200));
          default ->
              ifSo(
                  saysThatNoCallWasMade(row)
                      && !isLaterThanAFrozenOne(history, row)
                      && answersBetween(history, begun, row.at()).findAny().isPresent(),
                  "the provider was called in an attempt that says it was not: " + row);
        });
  }

  private static boolean saysThatNoCallWasMade(StepRow row) {
    return Boolean.FALSE.equals(row.details().get("called"))
        || (row.code().equals("provider_unavailable") && !ANSWERED.matcher(row.reason()).find());
  }

  /** A worker that was frozen before its call makes it when somebody else's attempt runs. */
  private static boolean isLaterThanAFrozenOne(JobHistory history, StepRow row) {
    return history.steps().stream()
        .anyMatch(other -> other.step() == Step.ATTEMPT_OUTCOME_UNKNOWN && other.seq() < row.seq());
  }

  /** Where a step quotes the status of an answer, the provider gave that answer. */
  private static Stream<String> statusWasSeen(JobHistory history, StepRow row, Instant begun) {
    var quoted = ANSWERED.matcher(row.reason());
    if (!quoted.find()) {
      return Stream.empty();
    }
    int status = Integer.parseInt(quoted.group(1));
    return oneWas(history, row, begun, call -> is(call, status));
  }

  private static boolean is(ObservedCall call, int status) {
    var answered = call.status();
    return answered != null && answered == status;
  }

  private static Stream<String> oneWas(
      JobHistory history,
      StepRow row,
      Instant begun,
      java.util.function.Predicate<ObservedCall> expected) {
    return ifSo(
        answersBetween(history, begun, row.at()).noneMatch(expected),
        "no answer of the provider was what the log says: " + row);
  }

  private static Stream<ObservedCall> answersUntil(JobHistory history, Instant end) {
    return answersBetween(history, Instant.MIN, end);
  }

  private static Stream<ObservedCall> answersBetween(
      JobHistory history, Instant begin, Instant end) {
    List<ObservedCall> calls = history.calls();
    return calls.stream()
        .filter(call -> !call.arrivedAt().isBefore(begin) && !call.arrivedAt().isAfter(end));
  }
}
