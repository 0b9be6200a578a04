/** Every step of a job with its time and its details: `<step-history>`. Its `job` (client/job.js) tells it of new ones. */

import { element, timeElement } from '../client/elements.js';
import { duration, exactTime } from '../client/format.js';
import { writeJson } from '../client/json.js';
import { stepNote, stepWord } from '../client/steps.js';

class StepHistory extends HTMLElement {
  #job;
  #list = element('ol');
  #shown = new Set();

  /** @param {import('../client/job.js').Job} job */
  set job(job) {
    this.#job = job;
    this.#shown.clear();
    this.#list.replaceChildren();
    job.addEventListener('change', () => this.#show());
    this.#show();
  }

  connectedCallback() {
    this.replaceChildren(this.#list);
  }

  #show() {
    this.#job.steps.forEach((row, index) => {
      if (!this.#shown.has(row.id)) {
        this.#shown.add(row.id);
        this.#list.append(line(row, this.#job.steps[index - 1]));
      }
    });
  }
}

function line(row, before) {
  const passed = before ? `+${duration(new Date(row.created_at) - new Date(before.created_at))}` : '';
  return element('li', { 'data-step': row.step },
    element('span.when.numbers', {}, timeElement(row.created_at, exactTime(row.created_at))),
    element('span.passed.numbers', {}, passed),
    element('div.what', {},
      element('p', {}, element('span.status', { 'data-status': row.status }, stepWord(row.step)), ' ', element('code.name', {}, row.step), ' ',
        element('span.note', {}, stepNote(row))),
      details(row)));
}

function details(row) {
  if (!row.details || Object.keys(row.details).length === 0) {
    return null;
  }
  const json = element('pre', { tabindex: 0, role: 'region', 'aria-label': `Details of ${stepWord(row.step)}` }, element('code', {}, writeJson(row.details, 2)));
  return element('details', {}, element('summary', {}, 'Details'), json);
}

customElements.define('step-history', StepHistory);
