package dev.darkroom.system.promises;

import static dev.darkroom.system.promises.Promise.ifSo;

import dev.darkroom.system.evidence.JobHistory;
import dev.darkroom.system.evidence.ObservedCall;
import java.util.stream.Stream;

/**
 * The provider's bill for a job lies between the calls that were surely billed, as the ledger says,
 * and those together with the ones of which it does not know. What holds for each job holds for
 * each user and in all.
 */
public record ReceiptAddsUp() implements Promise.ForEachJob {
  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var job = history.job();
    var bill = history.calls().stream().filter(ObservedCall::billed).count();
    return Stream.concat(
        ifSo(
            bill < job.callsBilled(),
            "the provider billed %d calls, the receipt says %d".formatted(bill, job.callsBilled())),
        ifSo(
            job.hasEnded() && bill > job.callsBilled() + job.callsUnknown(),
            "the provider billed %d calls, the receipt says %d and %d unknown ones"
                .formatted(bill, job.callsBilled(), job.callsUnknown())));
  }
}
