/** A long text with its counter: `<prompt-field limit="2000">` around a label, a textarea, an `output` and the place for errors. */

import { number } from '../client/format.js';

class PromptField extends HTMLElement {
  #text;
  #count;

  connectedCallback() {
    this.#text = this.querySelector('textarea');
    this.#count = this.querySelector('output');
    this.#text.addEventListener('input', () => this.count());
    this.count();
  }

  /** Counts as the server does: characters of Unicode, of which an emoji may be one or several. */
  count() {
    const used = [...this.#text.value].length;
    this.#count.textContent = `${number(used)} / ${number(this.#limit)}`;
    this.toggleAttribute('over', used > this.#limit);
  }

  /** @returns {string} what is wrong with it, '' for nothing */
  check() {
    const used = [...this.#text.value].length;
    if (used > this.#limit) {
      return `must have at most ${number(this.#limit)} characters, but has ${number(used)}`;
    }
    return this.#text.required && this.#text.value.trim() === '' ? 'is required: say what the picture should show' : '';
  }

  get #limit() {
    return Number(this.getAttribute('limit'));
  }

  /** @param {number} most characters */
  set limit(most) {
    this.setAttribute('limit', most);
    this.count();
  }
}

customElements.define('prompt-field', PromptField);
