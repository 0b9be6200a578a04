/** The steps of the ledger in words; docs/job-lifecycle.md says what each one means. */

const WORDS = {
  request_received: 'Accepted',
  calling_nebius_api: 'Developing',
  attempt_failed: 'Attempt failed',
  attempt_outcome_unknown: 'Outcome unknown',
  retry_scheduled: 'Will be tried again',
  image_generated: 'Picture saved',
  nebius_api_error: 'Refused',
  deadline_exceeded: 'Too late',
  attempts_exhausted: 'Given up',
};

/** Steps of the service before may have other names. */
export const stepWord = (step) => WORDS[step] ?? step.replaceAll('_', ' ');

/** Whether a job with this status has ended. */
export const hasEnded = (status) => status === 'completed' || status === 'failed';
