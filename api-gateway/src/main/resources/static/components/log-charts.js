/**
 * The log in numbers: `<log-charts>`. Set `range` to the filters of the page; of these only the time counts, as far as it
 * lies within the last hour, which is all that the gateway counts. With `live` the numbers are renewed.
 */

import './failure-chart.js';
import './rate-chart.js';
import './time-chart.js';
import { findStats } from '../client/api.js';
import { serverNow } from '../client/clock.js';
import { element } from '../client/elements.js';
import { RANGES, asParameters } from '../client/log-filters.js';
import { repeatWhileVisible } from '../client/repeat.js';

const HOUR = 3_600_000;
const EVERY = 10_000;

class LogCharts extends HTMLElement {
  #range = {};
  #asking = new AbortController();
  #stop = () => {};
  #charts = ['rate-chart', 'time-chart', 'failure-chart'].map((name) => document.createElement(name));
  #note = element('p.note.small.dim');

  /** What was set before this script came. */
  connectedCallback() {
    const { range, live } = this;
    delete this.range;
    delete this.live;
    this.replaceChildren(element('div.charts', {}, ...this.#charts), this.#note);
    this.live = live ?? false;
    this.range = range ?? {};
  }

  disconnectedCallback() {
    this.#stop();
  }

  set range(filters) {
    this.#range = filters;
    this.#renew();
  }

  set live(live) {
    this.#stop();
    this.#stop = live ? repeatWhileVisible(() => this.#renew(), EVERY) : () => {};
  }

  async #renew() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { since, until, note } = timeOf(this.#range, serverNow());
    try {
      const stats = await findStats({ since, until }, { signal: this.#asking.signal });
      this.#charts.forEach((chart) => (chart.stats = stats));
      this.#note.textContent = note;
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.#note.textContent = `No new numbers: ${failure.message}`;
      }
    }
  }
}

const ALL_JOBS = 'All jobs of that time are counted, whatever else is filtered.';

/** The part of the last hour that is asked for; all of it where none is. */
function timeOf(filters, now) {
  const asked = asParameters(filters, now);
  const until = Math.min(Date.parse(asked.until) || now, now);
  const since = Math.max(Date.parse(asked.since) || 0, now - HOUR); // a bad time is reported beside its field
  const part = since < until ? { since, until } : { since: now - HOUR, until: now };
  return {
    since: new Date(part.since).toISOString(),
    until: new Date(part.until).toISOString(),
    note: `${wordsFor(filters.range, asked, part)}. ${ALL_JOBS}`,
  };
}

function wordsFor(range, asked, part) {
  if (Date.parse(asked.since) === part.since) {
    return RANGES[range]?.words ?? 'The time that is asked for';
  }
  return asked.since || asked.until ? 'The last hour; charts show no earlier time' : 'The last hour';
}

customElements.define('log-charts', LogCharts);
