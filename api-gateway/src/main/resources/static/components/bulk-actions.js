/**
 * Replays or cancels all jobs that the filters of the log match: `<bulk-actions>`. Set `filters` as the address has them.
 * Before anything is changed, the jobs are counted and somebody is asked.
 */

import './operation-entry.js';
import { beginOperation, countMatches, findOperation } from '../client/api.js';
import { serverNow } from '../client/clock.js';
import { askToConfirm } from '../client/confirm.js';
import { element } from '../client/elements.js';
import { asParameters } from '../client/log-filters.js';
import { conditionsOf, jobsOf, matchedInWords, progressOf } from '../client/operations.js';
import { repeatWhileVisible } from '../client/repeat.js';
import { say } from '../client/say.js';

const EVERY = 1_000;

/** The servers' clock is known to a few seconds only; jobs that are accepted later are never part of an operation. */
const CLOCKS_DIFFER = 10_000;

/** Filters of the log that jobs can't be chosen by. */
const OTHERS = { q: 'Text in the prompt', requestId: 'Request' };

const ACTIONS = {
  replay: {
    label: 'Replay failed…',
    statuses: ['failed'],
    status: 'failed',
    title: (jobs) => `Replay ${jobs}?`,
    text: 'Each becomes a new job with the same request and seed, whose calls are billed like any other’s.',
    yes: 'Replay',
    no: 'Leave them',
  },
  cancel: {
    label: 'Cancel open…',
    statuses: ['started', 'processing'],
    title: (jobs) => `Cancel ${jobs}?`,
    text: 'Those that wait are never called. Calls under way are cut, and may be billed all the same.',
    yes: 'Cancel them',
    no: 'Leave them',
    reason: 'Reason, for the log (optional)',
  },
};

class BulkActions extends HTMLElement {
  #filters = {};
  #busy = false;
  #stopFollowing = () => {};
  #buttons = new Map(Object.entries(ACTIONS).map(([action, { label }]) => [action,
    element('button', { type: 'button', 'aria-describedby': 'bulk-hint', click: () => this.#press(action) }, label)]));
  #hint = element('p.dim.small', { id: 'bulk-hint' });
  #said = element('p.notice', { role: 'status' });
  #trouble = element('p.notice.bad', { role: 'alert' });
  #place = element('div');

  connectedCallback() {
    this.replaceChildren(
      element('div.row', { role: 'group', 'aria-label': 'All that match' }, ...this.#buttons.values(), this.#hint),
      this.#said, this.#trouble, this.#place);
  }

  disconnectedCallback() {
    this.#stopFollowing();
  }

  set filters(filters) {
    this.#filters = filters;
    const others = Object.keys(OTHERS).filter((name) => filters[name]);
    for (const [action, button] of this.#buttons) {
      button.disabled = others.length > 0 || !fits(action, filters.status);
    }
    this.#hint.textContent = hint(others.map((name) => `“${OTHERS[name]}”`), filters.status);
    this.#said.textContent = '';
    this.#trouble.textContent = '';
  }

  async #press(action) {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    this.#said.textContent = '';
    this.#trouble.textContent = '';
    const button = this.#buttons.get(action);
    button.setAttribute('aria-busy', 'true');
    try {
      await this.#countAndAsk({ action, filter: this.#filter(action) });
    } catch (problem) {
      this.#trouble.textContent = problem.message;
    } finally {
      this.#busy = false;
      button.removeAttribute('aria-busy');
    }
  }

  /** A range that ends now is fixed here, so that what is counted is what is changed. */
  #filter(action) {
    const { status, userId, since, until } = asParameters(this.#filters);
    const filter = { status: status ?? ACTIONS[action].status, userId, since, until };
    const isEmpty = Object.values(filter).every((value) => value === undefined);
    return isEmpty ? { until: new Date(serverNow() + CLOCKS_DIFFER).toISOString() } : filter; // for the API wants one
  }

  async #countAndAsk(operation) {
    const { matched } = await countMatches(operation);
    if (matched === 0) {
      this.#said.textContent = `There are no ${jobsOf(operation)} like that.`;
      return;
    }
    const { title, text, yes, no, reason } = ACTIONS[operation.action];
    const conditions = element('ul', {}, ...conditionsOf(operation.filter).map((condition) => element('li', {}, condition)));
    const answer = await askToConfirm({ title: title(matchedInWords(operation, matched)), text: [conditions, text], yes, no, reason });
    if (answer) {
      await this.#begin({ ...operation, reason: answer.reason || undefined });
    }
  }

  async #begin(operation) {
    try {
      this.#follow(await beginOperation(operation));
    } catch (problem) {
      this.#trouble.textContent = problem.status === 0
        ? `${problem.message} It may have begun all the same; the page Operations says so.`
        : problem.message;
    }
  }

  #follow(begun) {
    this.#stopFollowing();
    const entry = document.createElement('operation-entry');
    entry.operation = begun;
    this.#place.replaceChildren(entry);
    entry.scrollIntoView({ block: 'nearest' });
    this.#stopFollowing = repeatWhileVisible(() => this.#renew(entry), EVERY);
  }

  async #renew(entry) {
    try {
      const known = await findOperation(entry.operation.id);
      entry.operation = known;
      if (known.status !== 'running') {
        this.#stopFollowing();
        say(`${progressOf(known)}.`);
      }
    } catch (problem) {
      if (!problem.passes) {
        this.#stopFollowing();
        this.#trouble.textContent = problem.message;
      }
    }
  }
}

const fits = (action, status) => !status || ACTIONS[action].statuses.includes(status);

function hint(others, status) {
  if (others.length > 0) {
    return `Jobs can’t be replayed or cancelled by ${others.join(' and ')}. Clear that first.`;
  }
  if (status === 'completed') {
    return 'Only failed jobs are replayed from here, and only open ones cancelled.';
  }
  return 'All that these filters match, also what is not shown. They are counted first.';
}

customElements.define('bulk-actions', BulkActions);
