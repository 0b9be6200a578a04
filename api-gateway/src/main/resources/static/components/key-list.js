/** API keys, and the end of each: `<key-list>`. Set `keys` as the API tells them. Tells of `changed` once one is revoked. */

import { revokeKey } from '../client/api.js';
import { askToConfirm } from '../client/confirm.js';
import { element, timeElement } from '../client/elements.js';
import { number, time } from '../client/format.js';
import { KeyedList } from '../client/keyed-list.js';
import { say } from '../client/say.js';

const LIMITS = [
  ['requestsPerSecond', 'per second'], ['openJobs', 'open jobs'], ['jobsPerDay', 'jobs per day'], ['weight', 'weight'],
];

class KeyList extends HTMLElement {
  #none = element('p.dim', { hidden: true }, 'There is no key.');
  #list = element('ul', { role: 'list', 'aria-label': 'Keys' });
  #trouble = element('p.notice.bad', { role: 'alert' });
  #keyed = new KeyedList(this.#list, ({ id }) => id, (key) => this.#make(key));

  connectedCallback() {
    this.replaceChildren(this.#none, this.#list, this.#trouble);
  }

  set keys(keys) {
    this.#keyed.show(keys);
    this.#none.hidden = keys.length > 0;
  }

  #make(key) {
    const state = element('span.status');
    const until = element('span');
    const button = element('button', { type: 'button', 'aria-label': `Revoke the key ${key.id} of ${key.owner}`, click: () => this.#revoke(key, button) }, 'Revoke');
    const item = element('li', {},
      element('div', {},
        element('p.head', {}, element('strong', { dir: 'auto' }, key.owner), element('code', {}, `dk_${key.id}_…`), state),
        element('p.dim.small', {}, key.scopes.join(', '), limitsOf(key.limits), ' · made ', timeElement(key.createdAt, time(key.createdAt)), until)),
      button);
    return { item, renew: (told) => renew(told, item, state, until, button) };
  }

  async #revoke(key, button) {
    const answer = await askToConfirm({
      title: 'Revoke this key?',
      text: [`Whoever uses the key ${key.id} of ${key.owner} is refused within 30 seconds. This can’t be taken back.`],
      yes: 'Revoke it', no: 'Keep it',
    });
    if (!answer) {
      return;
    }
    button.setAttribute('aria-busy', 'true');
    this.#trouble.textContent = '';
    try {
      await revokeKey(key.id);
      say(`The key ${key.id} is revoked.`);
      this.dispatchEvent(new Event('changed'));
    } catch (problem) {
      this.#trouble.textContent = problem.message;
    } finally {
      button.removeAttribute('aria-busy');
    }
  }
}

function limitsOf(limits) {
  return LIMITS.filter(([name]) => limits[name]).map(([name, text]) => ` · ${number(limits[name])} ${text}`).join('');
}

function renew({ expiresAt, revokedAt, lastUsedAt }, item, state, until, button) {
  const isExpired = Boolean(expiresAt) && new Date(expiresAt) <= new Date();
  state.dataset.status = revokedAt || isExpired ? 'failed' : 'completed';
  state.textContent = revokedAt ? 'Revoked' : isExpired ? 'Expired' : 'In use';
  item.classList.toggle('over', Boolean(revokedAt) || isExpired);
  button.hidden = Boolean(revokedAt);
  const [word, at] = revokedAt ? [' · revoked ', revokedAt] : [isExpired ? ' · expired ' : ' · expires ', expiresAt];
  until.replaceChildren(
    ...(lastUsedAt ? [' · last used ', timeElement(lastUsedAt, time(lastUsedAt))] : [' · never used']),
    ...(at ? [word, timeElement(at, time(at))] : []));
}

customElements.define('key-list', KeyList);
