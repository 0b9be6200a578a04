/** The picture's size: `<size-field>` around radio buttons, whose values are like `1216x832` or `own`, and two numbers. */

class SizeField extends HTMLElement {
  #model = { sides: { least: 64, most: 2048 }, multiple: 1 };
  /** By somebody, or by what the form was filled from. */
  #isChosen = false;

  connectedCallback() {
    this.addEventListener('input', () => (this.#isChosen = true));
    this.addEventListener('input', ({ target }) => (target.type === 'radio' ? this.#take(target) : this.#match()));
    this.#match();
  }

  /** {width, height} in pixels, NaN for what is no number. */
  get value() {
    return { width: this.#side('width').valueAsNumber, height: this.#side('height').valueAsNumber };
  }

  /** A side that is not named stays as it is. */
  set value({ width, height }) {
    this.#isChosen = true;
    this.#show({ width: width ?? this.value.width, height: height ?? this.value.height });
  }

  #show({ width, height }) {
    this.#side('width').value = width;
    this.#side('height').value = height;
    this.#match();
  }

  /** @param {object} model as `GET /api/models` shows it; where no size is chosen, its default counts */
  set model(model) {
    this.#model = model;
    const { sides, multiple, defaultSize } = model;
    for (const side of ['width', 'height'].map((name) => this.#side(name))) {
      Object.assign(side, { min: Math.ceil(sides.least / multiple) * multiple, max: sides.most, step: multiple });
    }
    const only = multiple === 1 ? '' : `, multiples of ${multiple}`;
    this.querySelector('.hint').textContent = `In pixels, ${sides.least} to ${sides.most} each${only}. Most models draw best at about a megapixel.`;
    for (const radio of this.querySelectorAll('input[type="radio"]:not([value="own"])')) {
      radio.disabled = !radio.value.split('x').every((pixels) => this.#isTaken(Number(pixels)));
    }
    if (!this.#isChosen) {
      this.#show(defaultSize);
    }
  }

  /** @returns {string} what is wrong with this side, '' for nothing */
  check(side) {
    return this.#isTaken(this.value[side]) ? '' : `must be ${this.#range}`;
  }

  #isTaken(pixels) {
    const { sides, multiple } = this.#model;
    return Number.isInteger(pixels) && pixels >= sides.least && pixels <= sides.most && pixels % multiple === 0;
  }

  get #range() {
    const { sides, multiple } = this.#model;
    return `${multiple === 1 ? 'a whole number' : `a multiple of ${multiple}`} from ${sides.least} to ${sides.most}`;
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
