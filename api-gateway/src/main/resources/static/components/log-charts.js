/**
 * The log in numbers: `<log-charts>`. Set `range` to the filters of the page; of these only the time counts, and at most
 * a day of it; where they name none, it is the last hour. With `live` the numbers are renewed.
 */

import '/components/failure-chart.js';
import '/components/rate-chart.js';
import '/components/time-chart.js';
import { findStats } from '/client/api.js';
import { serverNow } from '/client/clock.js';
import { element } from '/client/elements.js';
import { RANGES, asParameters } from '/client/log-filters.js';
import { repeatWhileVisible } from '/client/repeat.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
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

/** The last hour, or what is asked for, but of that a day at most, the latest there is of it. */
function timeOf(filters, now) {
  const asked = asParameters(filters, now);
  const end = Math.min(Date.parse(asked.until) || now, now);
  const since = Date.parse(asked.since); // what is no time is told of beside its field
  const begin = Math.max(end - DAY, since || end - (asked.until ? DAY : HOUR));
  return {
    since: new Date(begin).toISOString(),
    until: new Date(end).toISOString(), // or a day would be longer than a day by the time it is asked for
    note: `${wordsFor(filters.range, asked, begin === since)}. ${ALL_JOBS}`,
  };
}

function wordsFor(range, asked, whole) {
  if (whole) {
    return RANGES[range]?.words ?? 'The time that is asked for';
  }
  return asked.since || asked.until ? 'The last 24 hours of that time; more is not drawn' : 'The last hour';
}

customElements.define('log-charts', LogCharts);
