/** The form of /generate as one thing: its fields read, filled in, checked. */

import { intensityInWords, strengthInWords } from './styles.js';

const MOST_AT_ONCE = 16;

export class AskForm {
  #form;
  /** The model that an earlier request named; the page does not offer any. */
  #model = '';

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#slider('diffusionStrength').describe = strengthInWords;
    this.#slider('styleIntensity').describe = (value) => intensityInWords(value, this.#style.value);
    this.#style.addEventListener('input', () => this.#slider('styleIntensity').show());
  }

  get #style() {
    return this.#form.querySelector('style-picker');
  }

  get #size() {
    return this.#form.querySelector('size-field');
  }

  get seed() {
    return this.#form.querySelector('seed-field');
  }

  get size() {
    return this.#size.value;
  }

  #slider(name) {
    return this.#form.elements[name].closest('slider-field');
  }

  #text(name) {
    return this.#form.elements[name];
  }

  /** All that it holds. */
  get values() {
    return {
      prompt: this.#text('prompt').value,
      negative_prompt: this.#text('negative_prompt').value,
      style: this.#style.value,
      styleIntensity: this.#slider('styleIntensity').value,
      diffusionStrength: this.#slider('diffusionStrength').value,
      ...this.size,
      seed: this.seed.text,
      keepSeed: this.seed.keeps,
      count: Number(this.#form.elements.count.value),
      model: this.#model,
    };
  }

  /** What is not named stays as it is. */
  fill(values) {
    for (const name of ['prompt', 'negative_prompt'].filter((each) => values[each] !== undefined)) {
      this.#text(name).value = values[name];
      this.#text(name).closest('prompt-field').count();
    }
    if (values.style !== undefined) {
      this.#style.value = values.style;
    }
    for (const name of ['diffusionStrength', 'styleIntensity'].filter((each) => Number.isFinite(values[each]))) {
      this.#slider(name).value = values[name];
    }
    this.#size.value = { width: values.width ?? this.size.width, height: values.height ?? this.size.height };
    this.#fillSeed(values);
    if (values.count >= 1 && values.count <= MOST_AT_ONCE) {
      this.#form.elements.count.value = String(values.count);
    }
    this.#model = values.model ?? this.#model;
    this.#slider('styleIntensity').show();
  }

  #fillSeed({ seed, keepSeed }) {
    if (seed !== undefined) {
      this.seed.text = String(seed);
    }
    if (keepSeed !== undefined) {
      this.seed.keeps = keepSeed;
    }
  }

  /** Everything that the browser can see is wrong, as the server would say it. */
  check() {
    const errors = [
      ['prompt', this.#text('prompt').closest('prompt-field').check()],
      ['negative_prompt', this.#text('negative_prompt').closest('prompt-field').check()],
      ['style', this.#style.check()],
      ['width', this.#size.check('width')],
      ['height', this.#size.check('height')],
      ['seed', this.seed.check()],
      ['count', this.#checkCount()],
    ];
    return errors.filter(([, message]) => message !== '').map(([field, message]) => ({ field, message }));
  }

  #checkCount() {
    const { count } = this.values;
    return Number.isInteger(count) && count >= 1 && count <= MOST_AT_ONCE ? '' : `must be a whole number from 1 to ${MOST_AT_ONCE}`;
  }

  /** What `POST /api/generate` takes. */
  fields() {
    const { keepSeed, count, seed, ...fields } = this.values;
    const asked = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && String(value).trim() !== ''));
    return { ...asked, seed: this.seed.first(), ...(count > 1 && { count }) };
  }
}
