/** Failed jobs by their code: `<failure-chart>`, with `stats` as `GET /api/stats` answers. */

import { ChartFrame } from './chart-frame.js';
import { element } from '../client/elements.js';
import { failureInWords } from '../client/failures.js';
import { number, words } from '../client/format.js';

const SHOWN = 6;

class FailureChart extends ChartFrame {
  heading = 'Failures by code';

  set stats({ failures }) {
    const sorted = failures.toSorted((one, other) => other.jobs - one.jobs);
    const all = sorted.reduce((total, { jobs }) => total + jobs, 0);
    const most = sorted[0]?.jobs ?? 1;
    this.summarize(all === 0 ? 'No job failed in this time.' : `${number(all)} failed, most of them: ${words(sorted[0].code)}.`);
    this.figure.replaceChildren(element('ul.causes', { role: 'list' }, ...sorted.slice(0, SHOWN).map((failure) => cause(failure, most))));
    this.readout.textContent = sorted.length > SHOWN ? `and ${number(sorted.length - SHOWN)} more codes, in the table` : '';
    this.tabulate(['Code', 'Jobs'], sorted.map(({ code, jobs }) => [code, number(jobs)]));
  }
}

function cause({ code, jobs }, most) {
  const bar = element('span.cause-bar', { 'aria-hidden': 'true' });
  bar.style.width = `${(100 * jobs) / most}%`;
  return element('li', {}, element('span.cause', { title: failureInWords(code).title }, words(code)), element('span.jobs.numbers', {}, number(jobs)), bar);
}

customElements.define('failure-chart', FailureChart);
