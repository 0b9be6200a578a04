/** Jobs per minute by outcome: `<rate-chart>`, with `stats` as `GET /api/stats` answers. */

import { ChartFrame, sign } from './chart-frame.js';
import { minute, number } from '../client/format.js';
import { Plot } from '../client/plot.js';

const LINES = [
  { label: 'failed', colour: '--failed', bars: true, hatched: true },
  { label: 'completed', colour: '--completed', bars: true },
  { label: 'submitted', colour: '--ink', dashed: true },
];

class RateChart extends ChartFrame {
  heading = 'Jobs per minute';
  #plot;
  #stats;

  disconnectedCallback() {
    this.#plot?.destroy();
  }

  set stats(stats) {
    this.#stats = stats;
    const { buckets } = stats;
    const rate = (jobs) => (60 * jobs) / stats.bucketSeconds;
    this.#plot ??= new Plot(drawable(this.figure, this.heading), LINES, { axis: number, said: (place) => this.#say(place) });
    this.#plot.show(
      buckets.map(({ at }) => Date.parse(at) / 1_000),
      [buckets.map((each) => rate(each.completed + each.failed)), buckets.map((each) => rate(each.completed)), buckets.map((each) => rate(each.submitted))]);
    this.summarize(sentence(buckets, rate));
    this.tabulate(['From', 'Submitted', 'Completed', 'Failed'],
      buckets.map(({ at, submitted, completed, failed }) => [minute(at), number(submitted), number(completed), number(failed)]));
    this.#say(null);
  }

  #say(place) {
    const at = place === null ? null : this.#stats.buckets[place];
    const told = (name) => (at ? `${name} ${number(at[name])}` : name);
    this.readout.replaceChildren(at ? `${minute(at.at)} ` : '', sign('completed', told('completed')), sign('failed', told('failed')), sign('submitted', told('submitted')));
  }
}

function sentence(buckets, rate) {
  const sum = (name) => buckets.reduce((total, bucket) => total + bucket[name], 0);
  if (sum('submitted') + sum('completed') + sum('failed') === 0) {
    return 'Nothing was submitted and nothing ended in this time.';
  }
  const busiest = buckets.reduce((most, bucket) => (bucket.submitted > most.submitted ? bucket : most));
  return `${number(sum('submitted'))} submitted, ${number(sum('completed'))} completed, ${number(sum('failed'))} failed; `
    + `at most ${number(Math.round(10 * rate(busiest.submitted)) / 10)} a minute came in, at ${minute(busiest.at)}.`;
}

/** Makes a place for a drawing that can be reached and read with the keyboard. */
export function drawable(figure, heading) {
  figure.tabIndex = 0;
  figure.setAttribute('role', 'img');
  figure.setAttribute('aria-label', `${heading}, drawn. Arrow keys read it out.`);
  return figure;
}

customElements.define('rate-chart', RateChart);
