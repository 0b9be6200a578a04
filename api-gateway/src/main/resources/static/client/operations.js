/** Changes of many jobs in words: what they do, to which jobs, and how far they have come. */

import { failureInWords } from './failures.js';
import { number, time } from './format.js';

const JOBS = { started: 'jobs that wait for their first call', processing: 'jobs in work', completed: 'completed jobs', failed: 'failed jobs' };
const ACTIONS = {
  replay: { verb: 'Replay', done: 'replayed', jobs: JOBS.failed },
  cancel: { verb: 'Cancel', done: 'cancelled', jobs: 'open jobs' },
};
const STATUSES = {
  running: { word: 'Running', tone: 'processing' },
  completed: { word: 'Done', tone: 'completed' },
  cancelled: { word: 'Stopped', tone: 'started' },
  failed: { word: 'Failed', tone: 'failed' },
};

/** Counted no further. */
const MOST_COUNTED = 1_000_000;

/** `12 failed jobs`. */
export function matchedInWords({ action, filter }, matched) {
  const jobs = jobsOf({ action, filter });
  if (matched === 1) {
    return `1 ${jobs.replace('jobs', 'job').replace('that wait for their', 'that waits for its')}`;
  }
  return `${matched >= MOST_COUNTED ? 'at least ' : ''}${number(matched)} ${jobs}`;
}

/** `failed jobs`. */
export const jobsOf = ({ action, filter }) => JOBS[filter.status] ?? ACTIONS[action].jobs;

/** `Replay failed jobs`. */
export const titleOf = (operation) => `${ACTIONS[operation.action].verb} ${jobsOf(operation)}`;

/** @returns {{word: string, tone: string}} the tone is a status as the style sheet knows it */
export const statusOf = ({ status }) => STATUSES[status];

/** One line for each condition beside the status; they hold all together. */
export function conditionsOf({ userId, model, errorCode, since, until }) {
  return [
    userId ? `of the user ${userId}` : 'of all users',
    model && `for the model ${model}`,
    errorCode && `failed of: ${failureInWords(errorCode).title} (${errorCode})`,
    since && `accepted since ${time(since)}`,
    until && `accepted before ${time(until)}`,
  ].filter(Boolean);
}

/** How many it has come to, of those that matched. */
export const doneOf = ({ changed, unchanged }) => changed + unchanged;

/** `120 replayed, 3 left as they were`, of a running one with how many there are. */
export function progressOf(operation) {
  const { action, status, matched, changed, unchanged, error } = operation;
  const done = `${number(changed)} ${ACTIONS[action].done}`;
  const left = unchanged > 0 ? `, ${number(unchanged)} left as they were` : '';
  const all = status === 'running' ? ` of ${number(matched)}` : '';
  return `${done}${all}${left}${error ? `. It stopped: ${error}` : ''}`;
}
