package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.clients.ReceivedEvent;
import dev.darkroom.system.clients.ReceivedEvent.EventSighting;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.JobRow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whoever reads the topic hears of each job's end, at least once, in the same words each time, and
 * not before the ledger has it and the picture can be fetched.
 */
public record EventsArriveAtLeastOnce() implements Promise.ForEachJob {
  @Override
  public List<Breach> breaches(Evidence evidence) {
    var strays =
        evidence.strayEvents().stream()
            .map(event -> new Breach(name(), "an event belongs to no job: " + event, null));
    return Stream.concat(strays, ForEachJob.super.breaches(evidence).stream()).toList();
  }

  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var ends = history.events().stream().filter(ReceivedEvent::isEnd).toList();
    return Stream.concat(
        ifSo(history.job().hasEnded() && ends.isEmpty(), "no event told of the job's end"),
        ends.stream().flatMap(end -> aboutEvent(history.job(), end)));
  }

  private static Stream<String> aboutEvent(JobRow job, ReceivedEvent end) {
    var status = job.status().word();
    return Stream.of(
            ifSo(
                !job.hasEnded() || end.ledger() == EventSighting.MISSING,
                "an event came before the ledger had the job's end: " + end),
            ifSo(
                end.picture() == EventSighting.MISSING,
                "an event came, and the picture could not be fetched: " + end),
            ifSo(
                !end.id().equals(job.id() + ":" + status)
                    || !end.type().equals("darkroom.generation." + status),
                "the event has another name: " + end),
            ifSo(!isWhatTheLedgerSays(job, end), "the event says something else: " + end))
        .flatMap(says -> says);
  }

  private static boolean isWhatTheLedgerSays(JobRow job, ReceivedEvent end) {
    var data = end.data();
    return says(data.get("requestId"), job.id())
        && says(data.get("status"), job.status().word())
        && says(data.get("attempts"), job.attempt())
        && says(data.get("imageUrl"), job.imageUrl())
        && says(data.get("sha256"), job.sha256())
        && says(data.get("contentType"), job.contentType())
        && says(data.get("bytes"), job.bytes())
        && says(data.get("errorCode"), job.errorCode())
        && says(data.get("errorMessage"), job.errorMessage())
        && Objects.equals(endedAt(end), job.finishedAt());
  }

  private static boolean says(@Nullable Object told, @Nullable Object known) {
    return String.valueOf(told).equals(String.valueOf(known));
  }

  private static Instant endedAt(ReceivedEvent end) {
    var completed = end.data().get("completedAt");
    var at = completed == null ? end.data().get("failedAt") : completed;
    return at == null ? Instant.MIN : Instant.parse(String.valueOf(at));
  }
}
