/**
 * For whom no calls are made, and the end of each: `<pause-list>`. Set `pauses` as the API tells them. Tells of `changed`
 * once one has ended.
 */

import { resumeCalls } from '../client/api.js';
import { element, timeElement } from '../client/elements.js';
import { time } from '../client/format.js';
import { KeyedList } from '../client/keyed-list.js';
import { keyOf, namesOf, whomOf } from '../client/pauses.js';
import { say } from '../client/say.js';

class PauseList extends HTMLElement {
  #none = element('p.dim', { hidden: true }, 'Nothing is paused.');
  #list = element('ul', { role: 'list', 'aria-label': 'Pauses' });
  #trouble = element('p.notice.bad', { role: 'alert' });
  #keyed = new KeyedList(this.#list, keyOf, (pause) => this.#make(pause));

  connectedCallback() {
    this.replaceChildren(this.#none, this.#list, this.#trouble);
  }

  set pauses(pauses) {
    this.#keyed.show(pauses);
    this.#none.hidden = pauses.length > 0;
  }

  #make(pause) {
    const whom = whomOf(pause);
    const reason = element('p.reason', { dir: 'auto' });
    const button = element('button', { type: 'button', 'aria-label': `Resume: ${whom}`, click: () => this.#resume(pause, button) }, 'Resume');
    const item = element('li', {},
      element('div', {},
        element('p', {}, element('strong', {}, whom), element('span.dim.small', {}, ' since ', timeElement(pause.since, time(pause.since)))),
        reason),
      button);
    return { item, renew: (told) => (reason.textContent = told.reason) };
  }

  async #resume(pause, button) {
    button.setAttribute('aria-busy', 'true');
    this.#trouble.textContent = '';
    try {
      await resumeCalls(namesOf(pause));
      say(`${whomOf(pause)}: resumed.`);
      this.dispatchEvent(new Event('changed'));
    } catch (problem) {
      this.#trouble.textContent = problem.message;
    } finally {
      button.removeAttribute('aria-busy');
    }
  }
}

customElements.define('pause-list', PauseList);
