/**
 * How a job comes along: `<job-progress>`. Its `job` (client/job.js) tells it of changes; the clocks tick by themselves.
 * What is announced are the stages, not every second.
 */

import { element } from '../client/elements.js';
import { failureInWords } from '../client/failures.js';
import { duration, time } from '../client/format.js';
import { progressInWords } from '../client/progress-in-words.js';
import { stepNote, stepWord } from '../client/steps.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

class JobProgress extends HTMLElement {
  #job;
  #onChange = () => this.#show();
  #timer;
  #phase = '';
  #rows = new Map();

  #word = element('span.status', { 'data-status': 'started' });
  #sentence = element('span.sentence');
  #total = element('span.total.numbers', { role: 'timer', 'aria-label': 'Time since it was accepted' });
  #announced = element('span.unseen', { role: 'status' });
  #list = element('ol.steps', { 'aria-label': 'Steps' });
  #failure = element('div.failure.notice.bad', { hidden: true });

  /** @param {import('../client/job.js').Job} job */
  set job(job) {
    this.#job?.removeEventListener('change', this.#onChange);
    this.#job = job;
    this.#rows.clear();
    this.#list.replaceChildren();
    if (this.isConnected) {
      this.#begin();
    }
  }

  get job() {
    return this.#job;
  }

  connectedCallback() {
    this.replaceChildren(element('p.now', {}, this.#word, this.#sentence, this.#total), this.#announced, this.#failure, this.#list);
    if (this.#job) {
      this.#begin();
    }
  }

  disconnectedCallback() {
    this.#job?.removeEventListener('change', this.#onChange);
    clearInterval(this.#timer);
  }

  #begin() {
    this.#job.addEventListener('change', this.#onChange);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), calm.matches ? 1_000 : 100);
    this.#show();
  }

  #show() {
    const job = this.#job;
    this.#word.dataset.status = job.status;
    this.toggleAttribute('stale', job.isLost);
    job.steps.filter((row) => !this.#rows.has(row.id)).forEach((row) => this.#add(row));
    this.#tick();
    this.#explain();
    this.#announce();
  }

  #add(row) {
    const stage = element('span.stage.numbers');
    const item = element('li', { 'data-status': row.status, 'data-step': row.step },
      element('span.word', {}, stepWord(row.step)),
      element('span.note', {}, stepNote(row)),
      stage,
      element('span.at.numbers', {}, sinceAccepted(this.#job, row)));
    this.#list.querySelector('[aria-current]')?.removeAttribute('aria-current');
    this.#rows.forEach((earlier) => (earlier.stage.textContent = ''));
    item.setAttribute('aria-current', 'step');
    this.#rows.set(row.id, { stage, at: row.created_at });
    this.#list.append(item);
  }

  /** What changes with time alone. */
  #tick() {
    const job = this.#job;
    const { word, sentence } = progressInWords(job);
    write(this.#word, word);
    write(this.#sentence, sentence);
    if (job.hasEnded) {
      write(this.#total, '');
      this.#rows.forEach(({ stage }) => write(stage, ''));
      clearInterval(this.#timer);
      return;
    }
    if (job.acceptedAt) {
      write(this.#total, since(job.acceptedAt, job.now));
      write(this.#rows.get(job.latest.id).stage, `for ${since(job.latest.created_at, job.now)}`);
    }
  }

  #explain() {
    const { error, status } = this.#job;
    this.#failure.hidden = status !== 'failed';
    if (status === 'failed' && error) {
      const reason = error.message ? element('p.reason', {}, error.message) : null;
      this.#failure.replaceChildren(...[reason, element('p.advice', {}, failureInWords(error.code).advice)].filter(Boolean));
    }
  }

  #announce() {
    const { phase, word, sentence } = progressInWords(this.#job);
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#announced.textContent = `${word}. ${sentence}`;
    }
  }
}

function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** The first step's time of day, then how long after it the others came. */
const sinceAccepted = ({ acceptedAt }, { created_at: at }) =>
  at === acceptedAt ? time(at) : `+${duration(new Date(at) - new Date(acceptedAt))}`;

const since = (instant, now) => duration(Math.max(0, now - new Date(instant)));

customElements.define('job-progress', JobProgress);
