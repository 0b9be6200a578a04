/**
 * Chooses a style: `<style-picker>` around one radio button for each, of which the one with the value `other` lets any
 * words be entered. Fires `input` as fields do; `value` is what `POST /api/generate` takes, '' for no style.
 */

const LIMIT = 64;

class StylePicker extends HTMLElement {
  #words;

  connectedCallback() {
    this.#words = this.querySelector('input[type="text"]');
    this.addEventListener('change', () => this.#reveal());
    this.#words.addEventListener('input', () => {
      this.#choose('other');
      this.#reveal();
    });
    this.#reveal();
  }

  get value() {
    const chosen = this.querySelector('input[type="radio"]:checked')?.value ?? '';
    return chosen === 'other' ? this.#words.value.trim() : chosen;
  }

  set value(style) {
    if (!this.#choose(style)) {
      this.#words.value = style;
      this.#choose('other');
    }
    this.#reveal();
  }

  /** @returns {string} what is wrong with it, '' for nothing */
  check() {
    const used = [...this.value].length;
    if (used > LIMIT) {
      return `must have at most ${LIMIT} characters, but has ${used}`;
    }
    return this.#isOther && used === 0 ? 'needs some words, or choose “None”' : '';
  }

  get #isOther() {
    return this.querySelector('input[value="other"]').checked;
  }

  #choose(style) {
    const radio = [...this.querySelectorAll('input[type="radio"]')].find(({ value }) => value === style);
    if (radio) {
      radio.checked = true;
    }
    return radio !== undefined;
  }

  /**
   * The field for other words stays in its place all the time, so that nothing below moves; the Tab key passes it by where
   * they are not wanted.
   */
  #reveal() {
    this.#words.tabIndex = this.#isOther ? 0 : -1;
    this.querySelector('.words').classList.toggle('unused', !this.#isOther);
  }
}

customElements.define('style-picker', StylePicker);
