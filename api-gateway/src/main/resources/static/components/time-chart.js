/** Time to picture, median and 95 %: `<time-chart>`, with `stats` as `GET /api/stats` answers. */

import { ChartFrame, sign } from './chart-frame.js';
import { drawable } from './rate-chart.js';
import { duration, minute, number } from '../client/format.js';
import { Plot } from '../client/plot.js';

const LINES = [
  { label: 'median', colour: '--completed', dotted: true },
  { label: '95\u00a0%', colour: '--processing', dashed: true, dotted: true },
];

const seconds = (value) => (value === undefined || value === null ? '–' : duration(1_000 * value));

class TimeChart extends ChartFrame {
  heading = 'Time to picture';
  #plot;
  #stats;

  disconnectedCallback() {
    this.#plot?.destroy();
  }

  set stats(stats) {
    this.#stats = stats;
    const { buckets, timeToPicture } = stats;
    this.#plot ??= new Plot(drawable(this.figure, this.heading), LINES, { axis: (value) => `${number(value)} s`, said: (place) => this.#say(place) });
    this.#plot.show(
      buckets.map(({ at }) => Date.parse(at) / 1_000),
      [buckets.map((each) => each.medianSeconds ?? null), buckets.map((each) => each.p95Seconds ?? null)]);
    this.summarize(timeToPicture.pictures === 0
      ? 'No picture was made in this time.'
      : `Half of ${number(timeToPicture.pictures)} pictures were there within ${seconds(timeToPicture.medianSeconds)}, 95\u00a0% within ${seconds(timeToPicture.p95Seconds)}.`);
    this.tabulate(['From', 'Median', '95\u00a0%'], buckets.map(({ at, medianSeconds, p95Seconds }) => [minute(at), seconds(medianSeconds), seconds(p95Seconds)]));
    this.#say(null);
  }

  #say(place) {
    const at = place === null ? null : this.#stats.buckets[place];
    this.readout.replaceChildren(at ? `${minute(at.at)} ` : '',
      sign('median', at ? `median ${seconds(at.medianSeconds)}` : 'median'),
      sign('p95', at ? `95\u00a0% ${seconds(at.p95Seconds)}` : '95\u00a0%'));
  }
}

customElements.define('time-chart', TimeChart);
