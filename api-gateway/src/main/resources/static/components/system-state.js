/** How the system is doing, renewed every few seconds: `<system-state>`. Its numbers are those of `GET /api/stats`. */

import { findStats } from '/client/api.js';
import { element } from '/client/elements.js';
import { duration, number } from '/client/format.js';
import { repeatWhileVisible } from '/client/repeat.js';

const EVERY = 5_000;
const NEBIUS = {
  well: { word: 'Well', status: 'completed', note: 'recent calls gave pictures' },
  struggling: { word: 'Struggling', status: 'processing', note: 'some calls fail and are made again' },
  away: { word: 'Away', status: 'failed', note: 'jobs wait until it is back' },
  idle: { word: 'Idle', status: 'started', note: 'nobody has called it lately' },
};

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
      list.append(element('div.tile', {}, element('dt', {}, title), value, note));
      this.#tiles.set(name, { value, note });
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

  #show({ now, nebius, timeToPicture }) {
    this.#tell('waiting', number(now.waiting), this.#queueNote(now));
    this.#tell('running', number(now.running), 'jobs with a worker');
    this.#tell('median', this.#seconds(timeToPicture.medianSeconds), 'over the last hour');
    this.#tell('p95', this.#seconds(timeToPicture.p95Seconds), `of ${number(timeToPicture.pictures)} pictures`);
    const state = NEBIUS[nebius.state];
    this.#tell('nebius', element('span.status', { 'data-status': state.status }, state.word), nebius.reason ?? state.note);
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

customElements.define('system-state', SystemState);
