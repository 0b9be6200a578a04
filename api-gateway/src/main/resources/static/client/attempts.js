/** What became of each attempt, and what it cost in time: read from the steps of one request. */

import { hasEnded } from './steps.js';

/**
 * @typedef {object} Attempt
 * @property {number | null} number null for a wait after which nobody called
 * @property {'succeeded' | 'failed' | 'unknown' | 'running' | 'waiting' | 'ended'} outcome
 * @property {number} from when it began to wait for its turn; milliseconds since 1970, like all times here
 * @property {number} to
 * @property {number} queued milliseconds, like `calling` and `saving`
 * @property {number} calling
 * @property {number} saving
 * @property {string} [reason]
 */

/**
 * @param {object[]} steps of one request, oldest first
 * @param {number} now where an attempt goes on, it goes on until now
 * @returns {Attempt[]}
 */
export function attemptsOf(steps, now) {
  const attempts = [];
  let from = steps.length > 0 ? Date.parse(steps[0].created_at) : now;
  for (const step of steps) {
    const at = Date.parse(step.created_at);
    if (step.step === 'calling_nebius_api') {
      attempts.push({ number: step.details?.attempt ?? attempts.length + 1, outcome: 'running', from, begun: at, to: null });
      from = at;
    } else {
      from = end(attempts, step, at) ?? from;
    }
  }
  return closed(attempts, steps, from, now).map(measured);
}

/** Writes how an attempt ended; a later step may know better than an earlier one. */
function end(attempts, step, at) {
  const attempt = attempts.findLast(({ number }) => number === step.details?.attempt);
  const outcome = outcomeOf(step);
  if (!attempt || !outcome || (outcome !== 'succeeded' && attempt.outcome === 'failed')) {
    return null;
  }
  Object.assign(attempt, { outcome, to: at, reason: step.details.reason, saving: step.details.savingMillis ?? 0 });
  return at;
}

function outcomeOf({ step }) {
  switch (step) {
    case 'image_generated':
      return 'succeeded';
    case 'attempt_failed':
    case 'nebius_api_error':
      return 'failed';
    case 'attempt_outcome_unknown':
      return 'unknown';
    default:
      return null;
  }
}

/** Lets what goes on end now, and adds the wait that no attempt has followed. */
function closed(attempts, steps, from, now) {
  const ending = steps.find((step) => hasEnded(step.status));
  const last = attempts.at(-1);
  if (last?.outcome === 'running') {
    last.to = ending ? Date.parse(ending.created_at) : Math.max(now, last.begun);
    last.outcome = ending ? 'unknown' : 'running';
    return attempts;
  }
  if (!ending) {
    return [...attempts, { number: null, outcome: 'waiting', from, to: Math.max(now, from) }];
  }
  const endedAt = Date.parse(ending.created_at);
  return endedAt - from > 50 ? [...attempts, { number: null, outcome: 'ended', from, to: endedAt }] : attempts;
}

function measured({ begun, saving = 0, ...attempt }) {
  const queued = (begun ?? attempt.to) - attempt.from;
  const spent = attempt.to - attempt.from - queued;
  const saved = Math.min(saving, spent);
  return { ...attempt, queued, calling: spent - saved, saving: saved };
}
