/**
 * What a request cost in time, one bar per attempt on a common scale: `<attempt-bars>`, with `attempts` as
 * client/attempts.js reads them. Each bar is a picture with a sentence for those who don't see it.
 */

import { element } from '../client/elements.js';
import { duration } from '../client/format.js';

const SHOWN = 5;
const WORDS = {
  succeeded: 'succeeded',
  failed: 'failed',
  unknown: 'outcome unknown',
  running: 'running',
  waiting: 'waiting',
  ended: 'not called again',
};

class AttemptBars extends HTMLElement {
  /** @param {import('../client/attempts.js').Attempt[]} attempts */
  set attempts(attempts) {
    const left = attempts.slice(-SHOWN);
    const start = left[0]?.from ?? 0;
    const whole = Math.max(1, (left.at(-1)?.to ?? 0) - start);
    this.replaceChildren(
      ...(attempts.length > SHOWN ? [element('p.earlier', {}, `${attempts.length - SHOWN} earlier`)] : []),
      ...left.map((attempt) => bar(attempt, start, whole, attempts.length > 1)));
  }
}

function bar(attempt, start, whole, oneOfSeveral) {
  const track = element('span.track', { role: 'img', 'aria-label': inWords(attempt), title: inWords(attempt) },
    part('before', attempt.from - start, whole),
    part('queued', attempt.queued, whole),
    part('calling', attempt.calling, whole),
    part('saving', attempt.saving, whole),
    part('after', start + whole - attempt.to, whole));
  return element('span.attempt', { 'data-outcome': attempt.outcome },
    oneOfSeveral ? element('span.number', { 'aria-hidden': 'true' }, attempt.number ?? '–') : null,
    track,
    element('span.word', { 'aria-hidden': 'true' }, word(attempt)));
}

/** What took no time has no part; what took little is seen all the same. */
function part(name, milliseconds, whole) {
  if (milliseconds <= 0) {
    return null;
  }
  const made = element(`span.${name}`);
  made.style.flexGrow = (1_000 * milliseconds / whole).toFixed(1);
  return made;
}

function word({ outcome, calling, saving, queued }) {
  switch (outcome) {
    case 'succeeded':
      return duration(calling + saving);
    case 'waiting':
    case 'ended':
      return `${duration(queued)} queued`;
    case 'running':
      return `${duration(calling)} …`;
    default:
      return outcome;
  }
}

function inWords({ number, outcome, queued, calling, saving, reason }) {
  const times = [['queued', queued], ['calling', calling], ['saving', saving]]
    .filter(([, milliseconds]) => milliseconds > 0)
    .map(([name, milliseconds]) => `${name} ${duration(milliseconds)}`);
  const name = number === null ? 'No attempt' : `Attempt ${number}`;
  return [`${name}, ${WORDS[outcome]}: ${times.join(', ')}`, reason].filter(Boolean).join('. ');
}

customElements.define('attempt-bars', AttemptBars);
