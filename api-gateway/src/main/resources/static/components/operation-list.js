/** The latest changes of many jobs: `<operation-list>`. Set `operations` as the API tells them, the newest first. */

import './operation-entry.js';
import { element } from '../client/elements.js';
import { KeyedList } from '../client/keyed-list.js';
import { linkTo } from '../client/links.js';

class OperationList extends HTMLElement {
  #none = element('p.dim', { hidden: true }, 'None yet. Many jobs are replayed or cancelled on the page ',
    element('a', { href: linkTo('/logs') }, 'Logs'), '.');
  #list = element('ol', { role: 'list', 'aria-label': 'Operations, newest first' });
  #keyed = new KeyedList(this.#list, ({ id }) => id, make);

  connectedCallback() {
    this.replaceChildren(this.#none, this.#list);
  }

  set operations(operations) {
    this.#none.hidden = operations.length > 0;
    this.#keyed.show(operations);
  }
}

function make() {
  const entry = document.createElement('operation-entry');
  return { item: element('li', {}, entry), renew: (operation) => (entry.operation = operation) };
}

customElements.define('operation-list', OperationList);
