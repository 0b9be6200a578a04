/** The picture's size: `<size-field>` around radio buttons, whose values are like `1216x832` or `own`, and two numbers. */

const SMALLEST = 64;
const LARGEST = 2048;

class SizeField extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', ({ target }) => (target.type === 'radio' ? this.#take(target) : this.#match()));
    this.#match();
  }

  /** {width, height} in pixels, NaN for what is no number. */
  get value() {
    return { width: this.#side('width').valueAsNumber, height: this.#side('height').valueAsNumber };
  }

  set value({ width, height }) {
    this.#side('width').value = width;
    this.#side('height').value = height;
    this.#match();
  }

  /** @returns {string} what is wrong with this side, '' for nothing */
  check(side) {
    const pixels = this.value[side];
    return Number.isInteger(pixels) && pixels >= SMALLEST && pixels <= LARGEST ? '' : `must be a whole number from ${SMALLEST} to ${LARGEST}`;
  }

  #side(name) {
    return this.querySelector(`input[name="${name}"]`);
  }

  /** Whoever goes through the choices with the keyboard is not led away from them. */
  #take(radio) {
    const [width, height] = radio.value.split('x');
    if (height !== undefined) {
      this.value = { width, height };
    } else if (!radio.matches(':focus-visible')) {
      this.#side('width').focus();
    }
  }

  #match() {
    const { width, height } = this.value;
    const radios = [...this.querySelectorAll('input[type="radio"]')];
    const preset = radios.find((radio) => radio.value === `${width}x${height}`) ?? radios.find((radio) => radio.value === 'own');
    preset.checked = true;
  }
}

customElements.define('size-field', SizeField);
