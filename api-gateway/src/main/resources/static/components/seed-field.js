/**
 * The seed: `<seed-field>` around two radio buttons (`draw`, `keep`), a number and a button that draws. The same seed with
 * the same words gives the same picture.
 */

import { drawSeed } from '../client/job-fields.js';

const LARGEST = 2n ** 63n - 1n;

class SeedField extends HTMLElement {
  #number;

  connectedCallback() {
    this.#number = this.querySelector('input[name="seed"]');
    this.#number.addEventListener('input', () => (this.keeps = this.#number.value.trim() !== ''));
    this.querySelector('button').addEventListener('click', () => this.#keep(drawSeed()));
    this.querySelector('input[value="keep"]').addEventListener('change', () => this.#keep(this.#number.value || drawSeed()));
  }

  get keeps() {
    return this.querySelector('input[value="keep"]').checked;
  }

  set keeps(kept) {
    this.querySelector(`input[value="${kept ? 'keep' : 'draw'}"]`).checked = true;
  }

  /** What stands in the field, as text. */
  get text() {
    return this.#number.value.trim();
  }

  /** Shows a seed without keeping it. */
  set text(seed) {
    this.#number.value = seed;
  }

  /** The seed of the first picture: drawn, or the kept one. Exact, also beyond what a double holds. */
  first() {
    this.text = this.keeps ? this.text : drawSeed();
    const seed = BigInt(this.text);
    return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
  }

  /** @returns {string} what is wrong with it, '' for nothing */
  check() {
    if (!this.keeps) {
      return '';
    }
    return /^\d{1,19}$/.test(this.text) && BigInt(this.text) <= LARGEST ? '' : `must be a whole number from 0 to ${LARGEST}`;
  }

  /** Keeps a seed; it is reused from now on. */
  reuse(seed) {
    this.#keep(seed);
    this.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #keep(seed) {
    this.text = seed;
    this.keeps = true;
  }
}

customElements.define('seed-field', SeedField);
