/** The steps of the ledger in words; docs/job-lifecycle.md says what each one means. */

import { failureInWords } from './failures.js';
import { bytes, time } from './format.js';

const WORDS = {
  request_received: 'Accepted',
  restored_from_kafka: 'Restored',
  calling_nebius_api: 'Developing',
  attempt_failed: 'Attempt failed',
  attempt_outcome_unknown: 'Outcome unknown',
  retry_scheduled: 'Will be tried again',
  image_generated: 'Picture saved',
  nebius_api_error: 'Refused',
  deadline_exceeded: 'Too late',
  attempts_exhausted: 'Given up',
  record_too_large: 'Too large',
  cancelled: 'Cancelled',
};

/** Steps of the service before may have other names. */
export const stepWord = (step) => WORDS[step] ?? step.replaceAll('_', ' ');

/** Whether a job with this status has ended. */
export const hasEnded = (status) => status === 'completed' || status === 'failed';

/**
 * What a step says beside its name, '' for nothing.
 *
 * @param {object} row as in `GET /api/logs`
 */
export function stepNote({ step, details }) {
  const { attempt, code, reason, dueAt, source, bytes: size } = details ?? {};
  switch (step) {
    case 'calling_nebius_api':
      return attempt > 1 ? `attempt ${attempt}` : '';
    case 'retry_scheduled':
      return dueAt ? `at ${time(dueAt)}` : '';
    case 'image_generated':
      return [size && bytes(size), source === 'store' && 'an earlier attempt had saved it'].filter(Boolean).join(', ');
    case 'attempt_failed':
    case 'attempt_outcome_unknown':
    case 'nebius_api_error':
    case 'attempts_exhausted':
    case 'record_too_large':
    case 'cancelled':
      return reason ?? (code ? failureInWords(code).title : '');
    default:
      return '';
  }
}
