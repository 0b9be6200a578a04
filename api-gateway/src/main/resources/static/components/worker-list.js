/** The workers that live, and what each does: `<worker-list>`. Set `workers` as the API tells them. */

import { element, timeElement } from '../client/elements.js';
import { number, time } from '../client/format.js';

/** Why a worker takes no jobs. */
const REASONS = {
  operator: 'Paused by the operator',
  nebius: 'Calls to Nebius are paused',
  quota: 'The calls that all workers may make now are made',
  pictures: 'Pictures cannot be stored',
  threads: 'Its machine gives it no threads',
  stopping: 'Stopping',
};

class WorkerList extends HTMLElement {
  #none = element('p.notice.bad', {}, 'No worker is running. Jobs wait until one is.');
  #list = element('ul', { role: 'list', 'aria-label': 'Workers' });
  #told = '';

  connectedCallback() {
    this.#none.hidden = true;
    this.replaceChildren(this.#none, this.#list);
  }

  set workers(workers) {
    this.#none.hidden = workers.length > 0;
    const shown = workers.map(({ leaseUntil, ...others }) => others); // that one changes with every renewal
    const told = JSON.stringify(shown);
    if (told !== this.#told) {
      this.#told = told;
      this.#list.replaceChildren(...shown.map(line));
    }
  }
}

function line(worker) {
  const { id, version, slots, jobs, since } = worker;
  const { word, tone, from } = stateOf(worker);
  const facts = [
    ['Jobs in hand', `${number(jobs)} of ${number(slots)}`],
    ['Running since', timeElement(since, time(since))],
    ['Version', version ?? 'not said'],
    from && ['Takes none since', timeElement(from, time(from))],
  ].filter(Boolean);
  return element('li', {},
    element('p.head', {}, element('strong.mono', {}, id), element('span.status', { 'data-status': tone }, word)),
    element('dl', {}, ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))));
}

function stateOf({ paused, jobs, slots }) {
  if (paused) {
    return { word: REASONS[paused.reason] ?? paused.reason, tone: 'failed', from: paused.since };
  }
  return jobs >= slots && slots > 0 ? { word: 'All slots are busy', tone: 'processing' } : { word: 'Takes jobs', tone: 'completed' };
}

customElements.define('worker-list', WorkerList);
