package dev.darkroom.system.evidence;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.darkroom.simulator.Bill;
import dev.darkroom.system.clients.ArrivedWebhook;
import dev.darkroom.system.clients.ClientObservations;
import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.clients.ReceivedEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Puts together what ledger, store, provider, consumers and clients know. */
public final class EvidenceCollector {
  private final LedgerReader ledger;
  private final Path pictures;
  private final List<Bill> bills;
  private final Clock clock = Clock.systemUTC();

  public EvidenceCollector(LedgerReader ledger, Path pictures, List<Bill> bills) {
    this.ledger = ledger;
    this.pictures = pictures;
    this.bills = List.copyOf(bills);
  }

  public Evidence collect(
      List<ClientSubmission> submissions,
      List<ClientObservations> seen,
      List<ReceivedEvent> events,
      List<ArrivedWebhook> webhooks) {
    var jobs = ledger.jobs();
    var steps = ledger.steps().stream().collect(groupingBy(StepRow::requestId));
    var calls =
        bills.stream()
            .flatMap(bill -> bill.calls().stream())
            .map(ObservedCall::of)
            .sorted(Comparator.comparing(ObservedCall::arrivedAt))
            .collect(groupingBy(call -> new Asked(call.prompt(), call.seed())));
    var files =
        PictureFolderReader.kept(pictures).stream()
            .collect(toMap(PictureFile::name, Function.identity()));
    var eventsOf = events.stream().collect(groupingBy(ReceivedEvent::requestId));
    var webhooksOf = webhooks.stream().collect(groupingBy(ArrivedWebhook::requestId));
    var seenOf = seen.stream().collect(toMap(ClientObservations::requestId, Function.identity()));
    var histories =
        jobs.stream()
            .map(job ->
                new JobHistory(
                    job,
                    steps.getOrDefault(job.id(), List.of()),
                    calls.getOrDefault(new Asked(job.prompt(), job.seed()), List.of()),
                    files.get(job.id().toString()),
                    eventsOf.getOrDefault(job.id(), List.of()),
                    webhooksOf.getOrDefault(job.id(), List.of()),
                    seenOf.get(job.id())))
            .toList();
    jobs.forEach(job -> {
      calls.remove(new Asked(job.prompt(), job.seed()));
      files.remove(job.id().toString());
      eventsOf.remove(job.id());
    });
    return new Evidence(
        clock.instant(),
        submissions,
        histories,
        List.copyOf(files.values()),
        rest(calls),
        rest(eventsOf),
        PictureFolderReader.drafts(pictures));
  }

  /** Every prompt is used once, and the seed is drawn anew for each job: together they name it. */
  private record Asked(String prompt, long seed) {}

  private static <T> List<T> rest(Map<?, List<T>> left) {
    return left.values().stream().flatMap(Collection::stream).toList();
  }
}
