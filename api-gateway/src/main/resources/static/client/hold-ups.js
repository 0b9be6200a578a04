/**
 * What keeps pictures from being made, in words; the codes are those of `nebius.code` in `GET /api/stats` and of
 * `queue.heldUpBy` of a job.
 */

const HOLD_UPS = {
  key_refused: { word: 'Key rejected', sentence: 'Paused: Nebius rejected the API key', until: 'when Nebius accepts the key again' },
  balance_exhausted: { word: 'Cannot pay', sentence: 'Paused: the Nebius account cannot pay', until: 'when the account can pay again' },
  access_refused: { word: 'Access refused', sentence: 'Paused: Nebius refuses access', until: 'when Nebius lets us in again' },
  model_unknown: { word: 'Model unknown', sentence: 'Paused: Nebius does not know the model', until: 'when Nebius knows the model' },
  misconfigured: { word: 'Refused', sentence: 'Paused: Nebius refuses this account’s calls', until: 'when Nebius lets us in again' },
  rate_limited: { word: 'Rate limited', sentence: 'Rate limited by Nebius', until: 'when Nebius answers again' },
  unreachable: { word: 'Not reachable', sentence: 'Nebius is not reachable', until: 'when Nebius answers again' },
  provider_unavailable: { word: 'Not available', sentence: 'Nebius is not available', until: 'when Nebius answers again' },
  bad_reply: { word: 'Bad answers', sentence: 'Nebius answers without usable pictures', until: 'when Nebius answers again' },
  outcome_unknown: { word: 'No answers', sentence: 'Nebius does not answer in time', until: 'when Nebius answers again' },
  picture_not_stored: { word: 'Cannot store', sentence: 'Paused: pictures cannot be stored', until: 'when pictures can be stored again' },
  calls_used_up: { word: 'Rate limit', sentence: 'The calls that all workers may make now are made', until: 'when there are calls again' },
  paused: { word: 'Paused', sentence: 'Paused by the operator', until: 'when it is resumed' },
  no_worker: { word: 'No worker', sentence: 'No worker is taking jobs', until: 'when a worker takes it' },
};
const OTHER = { word: 'Paused', sentence: 'Paused', until: 'when it is possible again' };

/** @returns {{word: string, sentence: string, until: string}} `until` continues “Trying again …” */
export const holdUp = (code) => HOLD_UPS[code] ?? OTHER;

/** When calls are made again, to be put after the sentence: `next try in 6 s`. '' where nobody knows. */
export function nextTry(nextTryAt, now) {
  if (!nextTryAt) {
    return '';
  }
  const left = Math.ceil((new Date(nextTryAt) - now) / 1_000);
  return left > 0 ? `next try in ${left} s` : 'trying again now';
}

/** Both: `Rate limited by Nebius; next try in 6 s`. */
export const holdUpInWords = (code, nextTryAt, now) => [holdUp(code).sentence, nextTry(nextTryAt, now)].filter(Boolean).join('; ');
