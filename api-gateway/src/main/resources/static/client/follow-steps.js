/**
 * Follows the steps of jobs as they are written, by server-sent events. After a break every step that was missed comes
 * first. The server may then send some a second time, with the same ids; these are left out here.
 *
 * A stream keeps a connection, and of these a browser has six for all tabs together. So a page that nobody looks at hangs
 * up, and goes on where it was when somebody looks again.
 */

import { readJson } from './json.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/** How many ids of the latest steps are remembered; the server repeats those of some seconds. */
const MOST_IDS = 1_000;

/** Whoever only glances at another tab misses nothing. */
const HANG_UP_AFTER = 5_000;

/**
 * Tells, through events of its own:
 * - `step`: `detail` is the step, a row as in `GET /api/logs`
 * - `reset`: the ledger is not the one that was told from until now (it was restored, for example), and nothing holds that
 *   was told before
 * - `connection`: `detail` is `live`, `lost`, or `ended` where nothing more will come; `live` again whenever it goes on
 */
export class FollowSteps extends EventTarget {
  #address;
  #source;
  #last;
  #ids = new Set();
  #wait = FIRST_WAIT;
  #timer;
  #leaving;
  #connection = '';

  /** @param {string} address such as `/api/generate/{requestId}/events` or `/api/events?userId=…` */
  constructor(address) {
    super();
    this.#address = address;
  }

  start() {
    document.addEventListener('visibilitychange', this.#attend);
    this.#attend();
    return this;
  }

  /** Nothing is told any more. */
  stop() {
    document.removeEventListener('visibilitychange', this.#attend);
    clearTimeout(this.#leaving);
    this.#hangUp();
  }

  /** What was asked for has come to its end; a server that closes then means no break. */
  end() {
    this.stop();
    this.#tell('ended');
  }

  #attend = () => {
    clearTimeout(this.#leaving);
    if (document.hidden) {
      this.#leaving = setTimeout(() => this.#hangUp(), HANG_UP_AFTER);
    } else if (!this.#source) {
      this.#connect();
    }
  };

  #hangUp() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#wait = FIRST_WAIT;
    this.#connection = '';
  }

  #connect() {
    const source = new EventSource(this.#from());
    this.#source = source;
    source.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.#tell('live');
    };
    source.onmessage = (message) => {
      this.#last = message.lastEventId;
      if (!this.#isNew(message.lastEventId)) {
        return;
      }
      this.dispatchEvent(new CustomEvent('step', { detail: readJson(message.data) }));
    };
    source.addEventListener('reset', (message) => {
      this.#last = message.lastEventId;
      this.#ids.clear();
      this.dispatchEvent(new Event('reset'));
    });
    source.onerror = () => this.#broke(source);
  }

  #isNew(id) {
    if (this.#ids.has(id)) {
      return false;
    }
    this.#ids.add(id);
    if (this.#ids.size > MOST_IDS) {
      this.#ids.delete(this.#ids.values().next().value);
    }
    return true;
  }

  #from() {
    const address = new URL(this.#address, location.href);
    if (this.#last) {
      address.searchParams.set('lastEventId', this.#last);
    }
    return address;
  }

  /** A browser connects again by itself, but for an answer that is no stream: then nobody else would. */
  #broke(source) {
    if (source !== this.#source) {
      return;
    }
    this.#tell('lost');
    if (source.readyState === EventSource.CLOSED) {
      // not at the same time as all the others whose gateway went away
      this.#timer = setTimeout(() => this.#connect(), this.#wait * (0.5 + Math.random()));
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
    }
  }

  #tell(connection) {
    if (connection !== this.#connection) {
      this.#connection = connection;
      this.dispatchEvent(new CustomEvent('connection', { detail: connection }));
    }
  }
}
