/** Pauses everything, a user or a model: `<pause-form>`. Tells of `changed` once that is done. */

import { pauseCalls } from '../client/api.js';
import { element } from '../client/elements.js';
import { say } from '../client/say.js';

const LONGEST_NAME = 128;
const LONGEST_REASON = 500;
const WHOM = [['', 'Everything'], ['userId', 'The jobs of a user'], ['model', 'The jobs for a model']];
const NAMES = { userId: 'User', model: 'Model' };

class PauseForm extends HTMLElement {
  #scope = element('select', { id: 'pause-scope' }, ...WHOM.map(([value, text]) => element('option', { value }, text)));
  #nameLabel = element('label', { for: 'pause-name' });
  #name = element('input', {
    type: 'text', id: 'pause-name', maxlength: LONGEST_NAME, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', 'aria-describedby': 'pause-name-error',
  });
  #nameError = element('p.field-error', { id: 'pause-name-error', 'aria-live': 'polite' });
  #nameField = element('div', { hidden: true }, this.#nameLabel, this.#name, this.#nameError);
  #reason = element('input', { type: 'text', id: 'pause-reason', maxlength: LONGEST_REASON, autocomplete: 'off', 'aria-describedby': 'pause-reason-hint' });
  #button = element('button', { type: 'submit' }, 'Pause');
  #trouble = element('p.notice.bad', { role: 'alert' });

  connectedCallback() {
    const form = element('form', { novalidate: true, 'aria-label': 'New pause', submit: (event) => this.#submit(event) },
      element('div', {}, element('label', { for: 'pause-scope' }, 'Pause'), this.#scope),
      this.#nameField,
      element('div.why', {}, element('label', { for: 'pause-reason' }, 'Reason'), this.#reason,
        element('p.hint', { id: 'pause-reason-hint' }, 'Jobs that wait say it, and while everything is paused every page does.')),
      this.#button, this.#trouble);
    this.#scope.addEventListener('input', () => this.#showName());
    this.#name.addEventListener('input', () => this.#complain(''));
    this.replaceChildren(form);
  }

  #showName() {
    this.#nameField.hidden = this.#scope.value === '';
    this.#nameLabel.textContent = NAMES[this.#scope.value] ?? '';
    this.#complain('');
  }

  #complain(message) {
    this.#nameError.textContent = message;
    this.#name.toggleAttribute('aria-invalid', false);
    if (message) {
      this.#name.setAttribute('aria-invalid', 'true');
      this.#name.focus();
    }
  }

  async #submit(event) {
    event.preventDefault();
    const field = this.#scope.value;
    if (this.#button.hasAttribute('aria-busy')) {
      return;
    }
    if (field && this.#name.value.trim() === '') { // the API would take it for everything
      this.#complain(`${NAMES[field]} is required.`);
      return;
    }
    this.#button.setAttribute('aria-busy', 'true');
    this.#trouble.textContent = '';
    try {
      const whom = field ? { [field]: this.#name.value.trim() } : {};
      await pauseCalls({ ...whom, reason: this.#reason.value.trim() || undefined });
      this.#done();
    } catch (problem) {
      this.#refused(problem, field);
    } finally {
      this.#button.removeAttribute('aria-busy');
    }
  }

  #done() {
    say('Paused. Calls under way end.');
    this.#name.value = '';
    this.#reason.value = '';
    this.dispatchEvent(new Event('changed'));
  }

  #refused(problem, field) {
    const own = problem.errors?.find((error) => error.field === field);
    if (own) {
      this.#complain(`${NAMES[field]} ${own.message}.`);
    } else {
      this.#trouble.textContent = problem.message;
    }
  }
}

customElements.define('pause-form', PauseForm);
