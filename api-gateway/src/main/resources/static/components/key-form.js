/** Makes an API key, and shows it this once: `<key-form>`. Tells of `changed` once there is one. */

import { makeKey } from '../client/api.js';
import { copyButton } from '../client/copy.js';
import { element } from '../client/elements.js';
import { say } from '../client/say.js';

const LONGEST_OWNER = 128;
const DAY = 86_400_000;
const SCOPES = [
  ['generate', 'Submit, cancel and replay the owner’s jobs', true],
  ['read', 'See the owner’s jobs and pictures', true],
  ['operate', 'See everybody’s, pause, and make keys', false],
];
const LIVES = [['', 'Never'], ['30', 'In 30 days'], ['90', 'In 90 days'], ['365', 'In a year']];
const LIMITS = [
  ['requestsPerSecond', 'Submissions per second'], ['openJobs', 'Open jobs'], ['jobsPerDay', 'Jobs per day'], ['weight', 'Weight, 1 to 100'],
];

class KeyForm extends HTMLElement {
  #owner = element('input', {
    type: 'text', id: 'key-owner', required: true, maxlength: LONGEST_OWNER, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none',
    'aria-describedby': 'key-owner-hint',
  });
  #life = element('select', { id: 'key-life' }, ...LIVES.map(([value, text]) => element('option', { value }, text)));
  #scopes = SCOPES.map(([value, , checked]) => element('input', { type: 'checkbox', value, checked }));
  #limits = LIMITS.map(([name]) => element('input', { type: 'number', id: `key-${name}`, name, min: 1, step: 1, inputmode: 'numeric' }));
  #button = element('button.primary', { type: 'submit' }, 'Make the key');
  #trouble = element('p.notice.bad', { role: 'alert' });
  #made = element('div.made', { hidden: true, tabindex: '-1', role: 'group', 'aria-label': 'The new key' });

  connectedCallback() {
    this.replaceChildren(
      element('form', { 'aria-label': 'New key', submit: (event) => this.#submit(event) },
        element('div', {}, element('label', { for: 'key-owner' }, 'Owner'), this.#owner,
          element('p.hint', { id: 'key-owner-hint' }, 'Keys of one owner see the same jobs. For a user of Supabase it is their id.')),
        element('div', {}, element('label', { for: 'key-life' }, 'Expires'), this.#life),
        element('fieldset', {}, element('legend', {}, 'Allows to'),
          element('div.row', {}, ...SCOPES.map(([, text], index) => element('label', {}, this.#scopes[index], text)))),
        element('details', {}, element('summary', {}, 'Limits'),
          element('p.hint', {}, 'What is left empty has the default.'),
          element('div', {}, ...LIMITS.map(([name, text], index) =>
            element('div', {}, element('label', { for: `key-${name}` }, text), this.#limits[index])))),
        element('div.row', {}, this.#button),
        this.#trouble),
      this.#made);
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#button.hasAttribute('aria-busy')) {
      return;
    }
    this.#button.setAttribute('aria-busy', 'true');
    this.#trouble.textContent = '';
    this.#made.hidden = true;
    try {
      this.#show(await makeKey(this.#fields()));
    } catch (problem) {
      this.#trouble.textContent = problem.message;
    } finally {
      this.#button.removeAttribute('aria-busy');
    }
  }

  #fields() {
    const limits = this.#limits.filter((input) => input.value !== '').map((input) => [input.name, Number(input.value)]);
    return {
      owner: this.#owner.value.trim(),
      scopes: this.#scopes.filter((box) => box.checked).map((box) => box.value),
      ...(this.#life.value && { expiresAt: new Date(Date.now() + this.#life.value * DAY).toISOString() }),
      limits: Object.fromEntries(limits),
    };
  }

  #show({ key }) {
    this.#made.replaceChildren(
      element('p', {}, element('strong', {}, 'Copy it now.'), ' It is shown this once; only its hash is kept.'),
      element('code', { translate: 'no' }, key),
      copyButton('Copy the key', () => key));
    this.#made.hidden = false;
    this.#made.focus();
    this.#owner.value = '';
    say('The key is made.');
    this.dispatchEvent(new Event('changed'));
  }
}

customElements.define('key-form', KeyForm);
