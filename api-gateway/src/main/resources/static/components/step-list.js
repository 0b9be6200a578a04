/** All steps of a request, oldest first, the details of each folded: `<step-list>`, with `steps` to be set. */

import { element, timeElement } from '../client/elements.js';
import { duration, exactTime } from '../client/format.js';
import { writeJson } from '../client/json.js';
import { stepNote, stepWord } from '../client/steps.js';

class StepList extends HTMLElement {
  #list = element('ol', { role: 'list' });
  #shown = new Map();

  /** @param {object[]} steps oldest first; those that are shown already stay as they are, opened or not */
  set steps(steps) {
    if (!this.#list.isConnected) {
      this.replaceChildren(this.#list);
    }
    const begun = Date.parse(steps[0].created_at);
    const items = steps.map((step) => {
      const item = this.#shown.get(step.id) ?? stepItem(step);
      item.querySelector('.passed').textContent = `+${duration(Date.parse(step.created_at) - begun)}`;
      this.#shown.set(step.id, item);
      return item;
    });
    items.forEach((item, place) => {
      if (this.#list.children[place] !== item) {
        this.#list.insertBefore(item, this.#list.children[place] ?? null);
      }
    });
  }
}

function stepItem(step) {
  return element('li', {},
    element('span.when.numbers', {}, timeElement(step.created_at, exactTime(step.created_at)), element('span.passed.dim')),
    step.details ? folded(step) : element('div.line', {}, ...line(step)));
}

function line({ status, step, details }) {
  const note = stepNote({ step, details });
  return [
    element('span.status', { 'data-status': status }, stepWord(step)), ' ',
    element('code.dim', {}, step),
    note ? element('span.note', { dir: 'auto' }, note) : null,
  ];
}

/** Written only when they are looked at: a page holds hundreds of them. */
function folded(step) {
  const text = element('pre', { tabindex: '0', role: 'region', 'aria-label': `Details of ${step.step}` });
  const made = element('details', {
    toggle: () => {
      text.textContent = made.open ? writeJson(step.details, 2) : '';
    },
  }, element('summary', { title: 'Details' }, ...line(step)), text);
  return made;
}

customElements.define('step-list', StepList);
