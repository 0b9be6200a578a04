/**
 * What every chart of the log has around it: heading, a sentence that says the same, a readout, and the numbers as a
 * table to unfold. The charts extend it; it is no element of its own.
 */

import { element } from '../client/elements.js';

let made = 0;

export class ChartFrame extends HTMLElement {
  #summary = element('p.summary.small.dim');
  #table = element('table.numbers');
  #cells = [];
  figure = element('div.figure');
  readout = element('p.readout.small.numbers', { 'aria-live': 'polite' });

  connectedCallback() {
    const id = `chart-${(made += 1)}`;
    this.setAttribute('role', 'group');
    this.setAttribute('aria-labelledby', id);
    const fold = element('details', { toggle: () => this.#write(fold.open) }, element('summary', {}, 'Numbers as a table'),
      element('div.scroll', { tabindex: '0', role: 'region', 'aria-label': `${this.heading}: numbers` }, this.#table));
    this.#fold = fold;
    this.classList.add('sheet');
    this.replaceChildren(element('h3', { id }, this.heading), this.#summary, this.figure, this.readout, fold);
  }

  #fold;

  summarize(sentence) {
    this.#summary.textContent = sentence;
  }

  /** @param {string[]} head @param {(string | number)[][]} rows */
  tabulate(head, rows) {
    this.#cells = [head, rows];
    this.#write(this.#fold.open);
  }

  #write(open) {
    if (!open || this.#cells.length === 0) {
      this.#table.replaceChildren();
      return;
    }
    const [head, rows] = this.#cells;
    this.#table.replaceChildren(
      element('thead', {}, element('tr', {}, ...head.map((cell) => element('th', { scope: 'col' }, cell)))),
      element('tbody', {}, ...rows.map(([first, ...others]) =>
        element('tr', {}, element('th', { scope: 'row' }, first), ...others.map((cell) => element('td', {}, cell))))));
  }
}

/** A line's sign and word, for readouts. */
export const sign = (kind, text) => element('span.sign', { 'data-kind': kind }, text);
