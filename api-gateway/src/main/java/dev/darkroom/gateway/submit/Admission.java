package dev.darkroom.gateway.submit;

import dev.darkroom.gateway.http.Problem;
import dev.darkroom.ledger.jobs.DueJob;
import dev.darkroom.model.RequestId;
import java.util.List;

/** What became of a submission. */
public sealed interface Admission {
  /**
   * It is durable: from now on these jobs are guaranteed to end.
   *
   * @param jobs one for each picture, in the order of their seeds; a group has the id of the first
   */
  record NewJobs(List<DueJob> jobs) implements Admission {}

  /** Its idempotency key stands for this job, or the group of this id, which asks for the same. */
  record EarlierJob(RequestId first) implements Admission {}

  /** Nothing was accepted, except perhaps where the ledger did not answer. */
  record NotAdmitted(Problem problem) implements Admission {}
}
