/** How a job stands, in a sentence. */

import { failureInWords } from './failures.js';
import { duration, number, time } from './format.js';
import { holdUp, holdUpInWords } from './hold-ups.js';

/** The ledger counts no further. */
const MOST_AHEAD = 1_000;
const SOON = 90_000;

/**
 * @param {import('./job.js').Job} job
 * @returns {{word: string, sentence: string, phase: string}} `phase` changes when there is something worth announcing
 */
export function progressInWords(job) {
  const { sentence, ...progress } = standing(job);
  return { ...progress, sentence: job.isLost && !job.hasEnded ? `Last known: ${sentence}` : sentence };
}

function standing(job) {
  if (job.status === 'completed') {
    return { phase: 'completed', word: job.imageRemovedAt ? 'Completed' : 'Ready', sentence: ready(job) };
  }
  if (job.status === 'failed' && job.error?.code === 'cancelled') {
    return { phase: 'cancelled', word: 'Cancelled', sentence: cancelled(job.billing) };
  }
  if (job.status === 'failed') {
    return { phase: 'failed', word: 'Failed', sentence: failureInWords(job.error?.code).title };
  }
  const attempt = job.attempts.length;
  if (job.isCalling && job.isCancelAsked) {
    return { phase: 'cancelling', word: 'Cancelling', sentence: 'A worker is cutting the call' };
  }
  if (attempt > 0 && !job.waits) {
    return { phase: `calling ${attempt}`, word: 'Developing', sentence: attempt === 1 ? 'Nebius is drawing' : `Nebius is drawing, attempt ${attempt}` };
  }
  if (attempt > 0) {
    return { phase: `again ${attempt}`, word: 'Waiting', sentence: again(job) };
  }
  return { phase: job.queue ? 'placed' : 'waiting', word: 'Waiting', sentence: job.queue ? place(job) : 'A worker will take it up' };
}

/** @param {{billed: string, calls: number} | undefined} billing */
function cancelled(billing) {
  if (!billing) {
    return '';
  }
  if (billing.calls === 0) {
    return 'before any call was made';
  }
  return { no: 'nothing is billed', yes: 'after a call that is billed', unknown: 'after a call that may be billed' }[billing.billed];
}

function ready({ attempts, steps, imageRemovedAt, isCancelAsked }) {
  if (imageRemovedAt) {
    return 'its picture was removed later';
  }
  if (isCancelAsked) {
    return 'it was too late to cancel';
  }
  const took = steps.length > 1 ? `after ${duration(new Date(steps.at(-1).created_at) - new Date(steps[0].created_at))}` : '';
  return attempts.length > 1 ? `${took}, at attempt ${attempts.length}` : took;
}

function again(job) {
  const last = job.attempts.at(-1);
  const said = [...job.steps].reverse().find((row) => row.details?.code);
  const why = said ? failureInWords(said.details.code).title : last.outcome === 'unknown' ? failureInWords('outcome_unknown').title : 'It failed';
  const due = job.latest?.details?.dueAt;
  const left = due ? new Date(due) - job.now : 0;
  return `Attempt ${last.attempt}: ${why}. Trying again ${left > 500 ? `in ${seconds(left)}` : until(job.queue?.heldUpBy ?? said?.details.code)}`;
}

/** A job that is due and not called waits for what its last attempt failed of, unless something else is known. */
const until = (code) => (code && code !== 'withdrawn' ? holdUp(code).until : 'now');

function place({ queue: { ahead, expectedAt, heldUpBy, nextTryAt }, waitingFor, now }) {
  if (heldUpBy === 'paused' && waitingFor) {
    return waitingFor; // with the reason, and of whom
  }
  if (heldUpBy) {
    return holdUpInWords(heldUpBy, nextTryAt, now);
  }
  const line = ahead >= MOST_AHEAD ? `more than ${number(MOST_AHEAD)} jobs are ahead`
    : ahead === 0 ? 'next in line' : ahead === 1 ? 'one job is ahead' : `${number(ahead)} jobs are ahead`;
  const sentence = line.charAt(0).toUpperCase() + line.slice(1);
  return expectedAt ? `${sentence}; the picture is expected ${expected(expectedAt, now)}` : sentence;
}

function expected(at, now) {
  const left = new Date(at) - now;
  if (left < 1_000) {
    return 'any moment';
  }
  return left < SOON ? `in about ${seconds(left)}` : `around ${time(at)}`;
}

const seconds = (milliseconds) => `${Math.max(1, Math.round(milliseconds / 1_000))} s`;
