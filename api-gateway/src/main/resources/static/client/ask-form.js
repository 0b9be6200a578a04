/** The form of /generate as one thing: its fields read, filled in, checked. */

import { element } from './elements.js';
import { intensityInWords, strengthInWords } from './styles.js';

const MOST_AT_ONCE = 16;

export class AskForm {
  #form;
  /** As `GET /api/models` lists them, the default first; none while nobody knows. */
  #models = [];
  /** '' for the default. */
  #model = '';
  /** Of an earlier request; the page does not offer any. */
  #loras = [];

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#slider('diffusionStrength').describe = (value) => strengthInWords(value, this.#usedModel?.steps);
    this.#slider('styleIntensity').describe = (value) => intensityInWords(value, this.#style.value);
    this.#style.addEventListener('input', () => this.#slider('styleIntensity').show());
    this.#text('model').addEventListener('input', ({ target }) => this.#use(target.value));
    form.querySelector('.loras button').addEventListener('click', () => this.#leaveOutLoras());
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
      loras: this.#loras,
    };
  }

  /**
   * Where there are several, one can be chosen; the form takes what the chosen one does.
   *
   * @param {object[]} models as `GET /api/models` lists them, the default first
   */
  offer(models) {
    this.#models = models;
    this.#text('model').replaceChildren(...models.map(({ name }, index) => element('option', { value: index > 0 ? name : '' }, name)));
    this.#text('model').parentElement.hidden = models.length === 1;
    this.#use(this.#model);
  }

  get #usedModel() {
    return this.#models.find(({ name, aliases }) => name === this.#model || aliases.includes(this.#model)) ?? this.#models[0];
  }

  /** The default instead of one that is not offered any more. */
  #use(name) {
    this.#model = name;
    const used = this.#usedModel;
    if (used) {
      this.#model = used === this.#models[0] ? '' : used.name;
      this.#text('model').value = this.#model;
      this.#text('negative_prompt').disabled = !used.negativePrompt;
      this.#form.querySelectorAll('prompt-field').forEach((field) => (field.limit = used.longestPrompt));
      this.#size.model = used;
      this.#slider('diffusionStrength').show();
    }
  }

  #showLoras() {
    const place = this.#form.querySelector('.loras');
    place.hidden = this.#loras.length === 0;
    place.firstChild.textContent = `With ${this.#loras.length === 1 ? 'LoRA' : 'LoRAs'} ${this.#loras.map(({ url }) => url.split('/').pop()).join(', ')}`;
  }

  #leaveOutLoras() {
    this.#loras = [];
    this.#showLoras();
    this.#text('prompt').focus();
    this.#text('prompt').dispatchEvent(new Event('input', { bubbles: true }));
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
    if (values.width ?? values.height) {
      this.#size.value = values;
    }
    this.#fillSeed(values);
    if (values.count >= 1 && values.count <= MOST_AT_ONCE) {
      this.#form.elements.count.value = String(values.count);
    }
    this.#use(values.model ?? this.#model);
    this.#loras = values.loras ?? this.#loras;
    this.#showLoras();
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
    const isEmpty = ([name, value]) => String(value).trim() === '' || this.#text(name)?.disabled;
    const asked = Object.fromEntries(Object.entries(fields).filter((field) => !isEmpty(field)));
    return { ...asked, seed: this.seed.first(), ...(count > 1 && { count }) };
  }
}
