/**
 * What is to be shown: `<log-filters>`. Set `filters`, and `errors` as the API names them; hear `filter`
 * (`detail` is `{filters, refines}`; `refines` while one and the same text is still being written).
 */

import { element } from '../client/elements.js';
import { RANGES, tidy } from '../client/log-filters.js';

const WAIT = 450;

const STATUSES = [['', 'Any'], ['started', 'Started'], ['processing', 'Processing'], ['completed', 'Completed'], ['failed', 'Failed']];
const TIMES = [['', 'Any time'], ...Object.entries(RANGES).map(([name, { words }]) => [name, words]), ['between', 'From … until …']];

class LogFilters extends HTMLElement {
  #fields = new Map();
  #errors = new Map();
  #between = element('div.between', { hidden: true });
  #clear = element('button.quiet', { type: 'button', click: () => this.#clearAll() }, 'Clear filters');
  #form = element('form.sheet', { role: 'search', 'aria-label': 'Filter the log' });
  #timer;
  #writing = null;
  #told = '{}';

  connectedCallback() {
    this.#between.append(
      this.#field('since', 'From', element('input', { type: 'datetime-local', step: '1' })),
      this.#field('until', 'Until', element('input', { type: 'datetime-local', step: '1' })));
    this.#form.append(
      this.#field('q', 'Text in the prompt', element('input', { type: 'search', placeholder: 'lighthouse', maxlength: '200', autocomplete: 'off' })),
      this.#field('status', 'Status', select(STATUSES)),
      this.#field('range', 'Time', select(TIMES)),
      this.#field('userId', 'User', element('input', { type: 'text', maxlength: '128', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' })),
      this.#field('requestId', 'Request', element('input', { type: 'text', placeholder: 'its id', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' })),
      this.#between,
      element('div.clear', {}, this.#clear));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#tell();
    });
    this.#form.addEventListener('input', (event) => this.#changed(event.target));
    this.#form.addEventListener('focusout', () => {
      this.#writing = null;
    });
    this.replaceChildren(this.#form);
    this.#showWhatFits();
  }

  set filters(filters) {
    clearTimeout(this.#timer);
    for (const [name, field] of this.#fields) {
      field.value = valueOf(name, filters);
    }
    this.#told = JSON.stringify(tidy(filters));
    this.#showWhatFits();
  }

  get filters() {
    const { range, since, until, ...others } = Object.fromEntries(Array.from(this.#fields, ([name, field]) => [name, field.value.trim()]));
    return tidy(range === 'between' ? { ...others, since: asInstant(since), until: asInstant(until) } : { ...others, range });
  }

  /** @param {{field: string, message: string}[]} errors each is shown beside its field; @returns those that have none */
  set errors(errors) {
    for (const [name, place] of this.#errors) {
      const message = errors.filter(({ field }) => field === name).map((error) => error.message).join('; ');
      place.textContent = message && message[0].toUpperCase() + message.slice(1);
      this.#fields.get(name).toggleAttribute('aria-invalid', false);
      if (message) {
        this.#fields.get(name).setAttribute('aria-invalid', 'true');
      }
    }
  }

  #field(name, label, input) {
    const id = `filter-${name}`;
    const error = element('p.field-error', { id: `${id}-error`, 'aria-live': 'polite' });
    input.id = id;
    input.name = name;
    input.setAttribute('aria-describedby', error.id);
    this.#fields.set(name, input);
    this.#errors.set(name, error);
    return element('div.field', { 'data-name': name }, element('label', { for: id }, label), input, error);
  }

  #changed(field) {
    clearTimeout(this.#timer);
    this.#showWhatFits();
    this.#timer = setTimeout(() => this.#tell(field), field.localName === 'select' ? 0 : WAIT);
  }

  #tell(field = null) {
    clearTimeout(this.#timer);
    const { filters } = this;
    if (JSON.stringify(filters) !== this.#told) {
      this.#told = JSON.stringify(filters);
      this.dispatchEvent(new CustomEvent('filter', { detail: { filters, refines: field !== null && field === this.#writing } }));
      this.#writing = field;
    }
  }

  #clearAll() {
    this.#fields.forEach((field) => (field.value = ''));
    this.#showWhatFits();
    this.#tell();
    this.#fields.get('q').focus();
  }

  #showWhatFits() {
    this.#between.hidden = this.#fields.get('range').value !== 'between';
    this.#clear.disabled = Object.keys(this.filters).length === 0;
  }
}

function select(options) {
  return element('select', {}, ...options.map(([value, text]) => element('option', { value }, text)));
}

function valueOf(name, filters) {
  switch (name) {
    case 'range':
      return filters.since || filters.until ? 'between' : (filters.range ?? '');
    case 'since':
    case 'until':
      return asLocal(filters[name]);
    default:
      return filters[name] ?? '';
  }
}

/** As `datetime-local` has it, in the browser's zone; empty for what is no time. */
function asLocal(instant) {
  const at = new Date(instant ?? NaN);
  if (Number.isNaN(at.getTime())) {
    return '';
  }
  return new Date(at.getTime() - 60_000 * at.getTimezoneOffset()).toISOString().slice(0, 19);
}

const asInstant = (local) => (local ? new Date(local).toISOString() : '');

customElements.define('log-filters', LogFilters);
