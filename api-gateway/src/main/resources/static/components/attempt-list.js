/** The calls made for a job, how each ended and what it cost in time: `<attempt-list>`. Its `job` (client/job.js) tells it of changes. */

import { element, timeElement } from '../client/elements.js';
import { failureInWords } from '../client/failures.js';
import { duration, exactTime } from '../client/format.js';

const OUTCOMES = {
  succeeded: { word: 'Succeeded', status: 'completed' },
  failed: { word: 'Failed', status: 'failed' },
  unknown: { word: 'Outcome unknown', status: 'failed' },
};
const UNDER_WAY = { word: 'Under way', status: 'processing' };

class AttemptList extends HTMLElement {
  #job;
  #shown = '';
  #list = element('ol');
  #none = element('p.dim', {}, 'No call has been made yet.');

  /** @param {import('../client/job.js').Job} job */
  set job(job) {
    this.#job = job;
    job.addEventListener('change', () => this.#show());
    this.#show();
  }

  connectedCallback() {
    this.replaceChildren(this.#none, this.#list);
  }

  #show() {
    const { attempts } = this.#job;
    const told = JSON.stringify(attempts);
    if (told !== this.#shown) {
      this.#shown = told;
      this.#none.hidden = attempts.length > 0;
      const longest = Math.max(...attempts.map(took).filter(Number.isFinite));
      this.#list.replaceChildren(...attempts.map((attempt) => line(attempt, longest)));
    }
  }
}

function line(attempt, longest) {
  const outcome = OUTCOMES[attempt.outcome] ?? UNDER_WAY;
  const reason = attempt.reason ?? (attempt.code && failureInWords(attempt.code).title);
  return element('li', {},
    element('p.head', {}, element('strong', {}, `Attempt ${attempt.attempt}`), element('span.status', { 'data-status': outcome.status }, outcome.word)),
    bar(attempt, longest),
    element('dl', {}, ...facts(attempt).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))),
    reason ? element('p.reason', {}, reason) : null);
}

function facts(attempt) {
  const { worker, startedAt, callMillis, savingMillis } = attempt;
  return [
    ['Began', startedAt && timeElement(startedAt, exactTime(startedAt))],
    ['Took', Number.isFinite(took(attempt)) ? duration(took(attempt)) : undefined],
    ['Calling Nebius', callMillis !== undefined ? duration(callMillis) : undefined],
    ['Saving', savingMillis !== undefined ? duration(savingMillis) : undefined],
    ['Worker', worker],
  ].filter(([, value]) => value !== undefined);
}

const took = ({ startedAt, endedAt }) => new Date(endedAt) - new Date(startedAt);

/** How its time was spent, on the scale of the longest one; the facts beside it say the same in numbers. */
function bar(attempt, longest) {
  const whole = took(attempt);
  if (!(whole > 0)) {
    return null;
  }
  const { callMillis, savingMillis = 0, outcome } = attempt;
  const made = element('div.bar', { 'aria-hidden': 'true', 'data-outcome': outcome });
  const parts = callMillis === undefined ? [['whole', whole]]
    : [['rest', Math.max(0, whole - callMillis - savingMillis)], ['calling', callMillis], ['saving', savingMillis]];
  for (const [name, milliseconds] of parts) {
    const part = element(`span.${name}`);
    part.style.inlineSize = `${100 * milliseconds / longest}%`;
    made.append(part);
  }
  return made;
}

customElements.define('attempt-list', AttemptList);
