/** How the system is doing, renewed every few seconds: `<system-state>`. Its numbers are those of `GET /api/stats`. */

import { findStats } from '../client/api.js';
import { serverNow } from '../client/clock.js';
import { element } from '../client/elements.js';
import { duration, number } from '../client/format.js';
import { holdUp, nextTry } from '../client/hold-ups.js';
import { repeatWhileVisible } from '../client/repeat.js';

const EVERY = 5_000;
const NEBIUS = {
  well: { word: 'Well', status: 'completed', note: 'recent calls gave pictures' },
  struggling: { word: 'Struggling', status: 'processing', note: 'some calls fail and are made again' },
  away: { word: 'Away', status: 'failed', note: 'jobs wait until it is back' },
  idle: { word: 'Idle', status: 'started', note: 'no calls in the last minutes' },
};

/** Where the trouble is, if not with the provider. */
const PLACES = { picture_not_stored: 'Picture store', no_worker: 'Workers', paused: 'Calls' };

class SystemState extends HTMLElement {
  #stop;
  #tiles = new Map();
  #lost = element('p.notice.bad', { role: 'status' });

  connectedCallback() {
    const list = element('dl');
    for (const [name, title] of [
      ['waiting', 'Waiting'],
      ['running', 'In flight'],
      ['median', 'Time to picture, median'],
      ['p95', 'Time to picture, 95 %'],
      ['nebius', 'Nebius'],
    ]) {
      const value = element('dd', {}, '–');
      const note = element('dd.note', {}, '\u00a0');
      const head = element('dt', {}, title);
      list.append(element('div.tile', {}, head, value, note));
      this.#tiles.set(name, { title: head, value, note });
    }
    this.replaceChildren(list, this.#lost);
    this.#stop = repeatWhileVisible(() => this.#renew(), EVERY);
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #renew() {
    try {
      this.#show(await findStats());
      this.#lost.textContent = '';
    } catch (problem) {
      this.#lost.textContent = `${problem.message} These numbers are from before; still asking.`;
    }
  }

  #show({ now, provider, nebius, timeToPicture }) {
    this.#tell('waiting', number(now.waiting), this.#queueNote(now));
    this.#tell('running', number(now.running), 'jobs with a worker');
    this.#tell('median', this.#seconds(timeToPicture.medianSeconds), 'over the last hour');
    this.#tell('p95', this.#seconds(timeToPicture.p95Seconds), `of ${number(timeToPicture.pictures)} pictures`);
    const state = stateInWords(nebius);
    this.#tiles.get('nebius').title.textContent = PLACES[nebius.code] ?? (provider === 'simulator' ? 'Simulator' : 'Nebius');
    this.#tell('nebius', element('span.status', { 'data-status': state.status }, state.word), state.note);
  }

  #queueNote({ waiting, scheduled, oldestWaitingSeconds }) {
    if (waiting > 0) {
      return `the first for ${duration(1_000 * oldestWaitingSeconds)}`;
    }
    return scheduled > 0 ? `${number(scheduled)} more will be tried again` : 'nobody has to wait';
  }

  #seconds(value) {
    return value === undefined ? '–' : duration(1_000 * value);
  }

  #tell(name, value, note) {
    const tile = this.#tiles.get(name);
    tile.value.replaceChildren(value);
    tile.note.textContent = note;
  }
}

/** What keeps all jobs waiting is said in its own word; what only makes some calls fail is not. */
function stateInWords({ state, code, reason, paused, nextTryAt }) {
  const known = NEBIUS[state];
  if (!paused && code !== 'rate_limited') {
    return { ...known, note: reason ?? known.note };
  }
  const next = nextTry(nextTryAt, serverNow());
  return {
    word: holdUp(code).word,
    status: known.status,
    note: [paused ? 'all jobs wait' : 'some calls are refused', next, reason].filter(Boolean).join('; '),
  };
}

customElements.define('system-state', SystemState);
