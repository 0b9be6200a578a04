/** A number from 0 to 1, and what it means: `<slider-field>` around a label, a range, an `output` and a hint with `data-meaning`. */

class SliderField extends HTMLElement {
  #range;
  #describe = () => '';

  connectedCallback() {
    this.#range = this.querySelector('input');
    this.#range.addEventListener('input', () => this.show());
  }

  /** @param {(value: number) => string} inWords what the number means */
  set describe(inWords) {
    this.#describe = inWords;
    this.show();
  }

  get value() {
    return Number(this.#range.value);
  }

  set value(share) {
    this.#range.value = share;
    this.show();
  }

  /** Also to be called where its meaning depends on something else that has changed. */
  show() {
    const meaning = this.#describe(this.value);
    this.querySelector('output').textContent = this.value.toFixed(2);
    this.querySelector('[data-meaning]').textContent = meaning;
    this.#range.setAttribute('aria-valuetext', `${this.value.toFixed(2)}, ${meaning}`);
  }
}

customElements.define('slider-field', SliderField);
