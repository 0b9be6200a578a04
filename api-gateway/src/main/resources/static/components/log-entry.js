/** One request in the log: picture, prompt, how it stands, its attempts, its steps on demand: `<log-entry>`. */

import './attempt-bars.js';
import './step-list.js';
import { attemptsOf } from '../client/attempts.js';
import { serverNow } from '../client/clock.js';
import { element, statusWord, timeElement } from '../client/elements.js';
import { duration, time } from '../client/format.js';
import { linkTo } from '../client/links.js';
import { loadPicture } from '../client/load-picture.js';
import { LogPages } from '../client/log-pages.js';

const STATUS_WORDS = { started: 'Waiting', processing: 'In work', completed: 'Completed', failed: 'Failed' };
const PLACES = { started: 'not yet', processing: 'developing', completed: 'no picture', failed: 'none' };

class LogEntry extends HTMLElement {
  #log;
  #asking = null;
  #image = null;
  #place = element('span.place-word');
  #thumb = element('a.thumb', { tabindex: '-1', 'aria-hidden': 'true' }, this.#place);
  #when = element('span.when');
  #state = element('span.state');
  #took = element('span.took.numbers');
  #bars = document.createElement('attempt-bars');
  #summary = element('summary');
  #steps = document.createElement('step-list');
  #note = element('p.field-error');
  #unfolded = element('details.steps', { toggle: () => this.#unfold() }, this.#summary, this.#note, this.#steps);

  /** @param {import('../client/request-log.js').RequestLog} log shown from now on; call {@link renew} when it has changed */
  set log(log) {
    this.#log = log;
    const address = linkTo(`/requests/${log.requestId}`);
    this.#thumb.href = address;
    this.replaceChildren(
      this.#thumb,
      element('div.words', {},
        element('h3', {}, element('a.prompt', { href: address, dir: 'auto' }, log.prompt)),
        element('p.meta', {},
          this.#when,
          element('a.user', { href: linkTo(`/logs?${new URLSearchParams({ userId: log.userId })}`), title: 'Only this user', dir: 'auto' }, log.userId))),
      element('div.course', {}, element('p.standing', {}, this.#state, this.#took), this.#bars),
      this.#unfolded);
    this.renew(serverNow());
  }

  get log() {
    return this.#log;
  }

  get isOpen() {
    return this.#unfolded.open;
  }

  /** Shows what is known by now. */
  renew(now) {
    const { status, steps, isWhole } = this.#log;
    this.dataset.status = status;
    this.#showState(status);
    this.#showWhen();
    this.#took.textContent = isWhole ? this.#timeTaken(now) : '';
    this.#bars.attempts = isWhole ? attemptsOf(steps, now) : [];
    this.#summary.textContent = isWhole ? `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}` : 'Steps';
    this.#showPicture(status);
    if (this.#unfolded.open) {
      this.#steps.steps = steps;
    }
  }

  /**
   * Asks for the steps that filters and pages have left out.
   *
   * @returns {Promise<boolean>} whether they are here now
   */
  async complete() {
    if (this.#log.isWhole) {
      return true;
    }
    this.#asking ??= LogPages.ofRequest(this.#log.requestId);
    try {
      this.#log.complete(await this.#asking);
      this.#note.textContent = '';
      this.renew(serverNow());
      return true;
    } catch (problem) {
      this.#note.textContent = `${problem.message} Not all steps are here; fold and unfold to ask again.`;
      return false;
    } finally {
      this.#asking = null;
    }
  }

  #unfold() {
    if (this.#unfolded.open) {
      this.#steps.steps = this.#log.steps;
      this.complete();
    }
  }

  #showWhen() {
    const submitted = new Date(this.#log.submittedAt).toISOString();
    if (this.#when.firstChild?.dateTime !== submitted) {
      this.#when.replaceChildren(timeElement(submitted, time(submitted)));
    }
  }

  #showState(status) {
    const word = this.#log.ending?.step === 'cancelled' ? 'Cancelled' : STATUS_WORDS[status];
    if (this.#state.textContent !== word) {
      this.#state.replaceChildren(statusWord(status, word));
    }
  }

  #timeTaken(now) {
    const { ending, begunAt } = this.#log;
    return ending ? `in ${duration(Date.parse(ending.created_at) - begunAt)}` : `for ${duration(now - begunAt)}`;
  }

  #showPicture(status) {
    const { imageUrl } = this.#log;
    if (!imageUrl) {
      this.#place.textContent = PLACES[status];
    } else if (!this.#image) {
      this.#bring(imageUrl);
    }
  }

  async #bring(imageUrl) {
    this.#image = element('img', { alt: '', width: 80, height: 80, loading: 'lazy', decoding: 'async' });
    this.#place.textContent = '';
    this.#thumb.append(this.#image);
    if (!(await loadPicture(this.#image, imageUrl))) {
      this.#image.remove();
      this.#place.textContent = 'removed';
    }
  }
}

customElements.define('log-entry', LogEntry);
