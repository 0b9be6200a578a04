package dev.darkroom.system.evidence;

import dev.darkroom.system.clients.ClientSubmission;
import dev.darkroom.system.clients.ReceivedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a run left behind, as it was at one moment.
 *
 * @param jobs every job of the ledger
 * @param strayPictures files that belong to no job
 * @param strayCalls calls that belong to no job
 * @param strayEvents events that belong to no job
 * @param drafts unfinished pictures in the store
 */
public record Evidence(
    Instant takenAt,
    List<ClientSubmission> submissions,
    List<JobHistory> jobs,
    List<PictureFile> strayPictures,
    List<ObservedCall> strayCalls,
    List<ReceivedEvent> strayEvents,
    List<PictureFile> drafts) {
  public Evidence {
    submissions = List.copyOf(submissions);
    jobs = List.copyOf(jobs);
    strayPictures = List.copyOf(strayPictures);
    strayCalls = List.copyOf(strayCalls);
    strayEvents = List.copyOf(strayEvents);
    drafts = List.copyOf(drafts);
  }

  /** Only what belongs to jobs that were accepted since. */
  public Evidence since(Instant moment) {
    return new Evidence(
        takenAt,
        submissions.stream()
            .filter(one -> one.answers().stream().anyMatch(a -> !a.sentAt().isBefore(moment)))
            .toList(),
        jobs.stream().filter(history -> !history.job().createdAt().isBefore(moment)).toList(),
        strayPictures.stream().filter(file -> !file.savedAt().isBefore(moment)).toList(),
        strayCalls.stream().filter(call -> !call.arrivedAt().isBefore(moment)).toList(),
        strayEvents.stream().filter(event -> !event.receivedAt().isBefore(moment)).toList(),
        drafts.stream().filter(draft -> !draft.savedAt().isBefore(moment)).toList());
  }

  public Optional<JobHistory> job(UUID id) {
    return jobs.stream().filter(history -> history.job().id().equals(id)).findFirst();
  }
}
