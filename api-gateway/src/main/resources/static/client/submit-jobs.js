/** Submitting jobs so that each is made once, however often it has to be said. */

import { newKey, replayJob, submitJob } from './api.js';

const FIRST_WAIT = 700;
const LONGEST_WAIT = 8_000;

/**
 * @param {object} fields of one request, for a picture or several
 * @param {{signal: AbortSignal, trouble: (problem: import('./api.js').Problem | null) => void}} watch hears of an
 *     answer that does not come, and with null that it came after all; the signal gives up
 * @returns {Promise<object[]>} the jobs, one for each picture
 * @throws {import('./api.js').Problem} whose request would fail again
 */
export async function submitJobs(fields, { signal, trouble }) {
  const reply = await untilAnswered((key) => submitJob(fields, key, signal), signal, trouble);
  return reply.jobs ?? [reply];
}

/**
 * Submits the request of an ended job again.
 *
 * @param {string} requestId of the ended job
 * @param {object} changes fields that replace those of the ended job
 * @param {{signal: AbortSignal, trouble: (problem: import('./api.js').Problem | null) => void}} watch as above
 * @returns {Promise<object>} the new job
 * @throws {import('./api.js').Problem} whose request would fail again
 */
export const submitAgain = (requestId, changes, { signal, trouble }) =>
  untilAnswered((key) => replayJob(requestId, changes, key, signal), signal, trouble);

/** With one key, whose job is the same one each time. */
async function untilAnswered(submit, signal, trouble) {
  const key = newKey();
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      const reply = await submit(key);
      trouble(null);
      return reply;
    } catch (problem) {
      if (!problem.passes) {
        throw problem;
      }
      trouble(problem);
      await pause(wait, signal);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((go, giveUp) => {
    const timer = setTimeout(go, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      giveUp(signal.reason);
    }, { once: true });
  });
}
