/**
 * Hears of new steps that match some filters. A user's steps come by themselves; of everybody's there is no stream, so
 * the newest page is asked for while the tab is looked at.
 */

import { query } from './api.js';
import { FollowSteps } from './follow-steps.js';
import { linkTo } from './links.js';
import { matches } from './log-filters.js';
import { repeatWhileVisible } from './repeat.js';

const EVERY = 2_000;

/**
 * Tells, through events of its own:
 * - `steps`: `detail` is `{logs, complete}`; `complete` is false where steps in between are left out
 * - `connection`: `detail` is `live` or `lost`
 * - `reset`: the ledger went back; what is shown has to be read again
 */
export class FollowLogs extends EventTarget {
  #filters;
  #pages;
  #latest;
  #stop = () => {};
  #ended = new AbortController();
  #connection = '';

  /**
   * @param {Record<string, string>} filters
   * @param {import('./log-pages.js').LogPages} pages of the same filters
   * @param {string} [latest] when the newest known step was written; later, up to when all steps are known
   */
  constructor(filters, pages, latest) {
    super();
    this.#filters = filters;
    this.#pages = pages;
    this.#latest = latest;
  }

  start() {
    const { userId, requestId } = this.#filters;
    this.#stop = userId && !requestId ? this.#listen(userId) : repeatWhileVisible(() => this.#ask(), EVERY);
    return this;
  }

  stop() {
    this.#ended.abort();
    this.#stop();
  }

  /** The stream begins with now: what was written between the page and its first step is asked for. */
  #listen(userId) {
    const stream = new FollowSteps(linkTo(`/api/events?${query({ userId })}`));
    stream.addEventListener('step', ({ detail: step }) => {
      if (matches(this.#filters, step)) {
        this.#tell({ logs: [step], complete: true });
      }
    });
    stream.addEventListener('reset', () => this.dispatchEvent(new Event('reset')));
    stream.addEventListener('connection', ({ detail: connection }) => {
      if (connection === 'live') {
        this.#ask();
      } else {
        this.#connected(connection);
      }
    });
    stream.start();
    return () => stream.stop();
  }

  async #ask() {
    try {
      const found = await this.#pages.newer(this.#latest, this.#ended.signal);
      this.#connected('live');
      this.#tell(found);
      if (found.complete) {
        this.#knownUpTo(found.upTo); // a search that finds little would go through more rows each time
      }
    } catch (failure) {
      if (failure.name !== 'AbortError') {
        this.#connected('lost');
      }
    }
  }

  #tell(found) {
    if (!this.#ended.signal.aborted && found.logs.length > 0) {
      this.#knownUpTo(found.logs[0].created_at);
      this.dispatchEvent(new CustomEvent('steps', { detail: found }));
    }
  }

  #knownUpTo(instant) {
    this.#latest = [this.#latest ?? '', instant].sort().at(-1);
  }

  #connected(connection) {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.dispatchEvent(new CustomEvent('connection', { detail: connection }));
    }
  }
}
