package dev.darkroom.system.promises;

import dev.darkroom.model.JobStatus;
import dev.darkroom.system.evidence.Evidence;
import dev.darkroom.system.evidence.JobHistory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every picture in the store is that of a completed job, every completed job has its picture, and
 * nothing half written is left for longer than the store lets it.
 *
 * @param draftsMayStay how long what a killed worker had begun may lie about
 */
public record NoOrphanPicture(Duration draftsMayStay) implements Promise.ForEachJob {
  @Override
  public List<Breach> breaches(Evidence evidence) {
    var oldest = evidence.takenAt().minus(draftsMayStay);
    return Stream.of(
            evidence.strayPictures().stream()
                .map(file -> new Breach(name(), "a picture belongs to no job: " + file, null)),
            evidence.drafts().stream()
                .filter(draft -> draft.savedAt().isBefore(oldest))
                .map(draft -> new Breach(name(), "a draft was left: " + draft, null)),
            ForEachJob.super.breaches(evidence).stream())
        .flatMap(breaches -> breaches)
        .toList();
  }

  @Override
  public Stream<String> brokenBy(JobHistory history) {
    var job = history.job();
    var file = history.file();
    if (job.status() != JobStatus.COMPLETED) {
      // While a job is open its picture may lie there already.
      return Promise.ifSo(
          job.hasEnded() && file.isPresent(), "the job failed, and its picture lies in the store");
    }
    if (file.isEmpty()) {
      return Stream.of("the job is completed, and its picture is not in the store");
    }
    return Promise.ifSo(
        !file.get().sha256().equals(job.sha256())
            || !Long.valueOf(file.get().bytes()).equals(job.bytes()),
        "the picture in the store is another than the ledger's: " + file.get());
  }
}
