/** Follows several jobs over one connection, and asks about their places in the queue while they wait. */

import { findJob, query } from './api.js';
import { FollowSteps } from './follow-steps.js';
import { Job } from './job.js';
import { linkTo } from './links.js';
import { repeatWhileVisible } from './repeat.js';

const LOOK_AT_QUEUE_EVERY = 2_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/** Fires `connection`, whose `detail` is `live`, `lost` or `ended`. */
export class FollowJobs extends EventTarget {
  #steps;
  #stopAsking;
  #connection = '';
  #stopped = new AbortController();

  /** @param {string[]} requestIds */
  constructor(requestIds) {
    super();
    this.jobs = requestIds.map((requestId) => new Job(requestId));
  }

  /** @param {object[]} [replies] to their submissions, for those that were submitted just now */
  start(replies = []) {
    replies.forEach((reply) => this.#job(reply.requestId)?.learn(reply));
    this.#begin(new Set(replies.map((reply) => reply.requestId)));
    return this;
  }

  stop() {
    this.#stopped.abort();
    this.#steps?.stop();
    this.#stopAsking?.();
  }

  #job(requestId) {
    return this.jobs.find((job) => job.requestId === requestId);
  }

  async #begin(known) {
    try {
      await Promise.all(this.jobs.filter((job) => !known.has(job.requestId)).map((job) => this.#find(job)));
    } catch {
      return; // stopped meanwhile
    }
    const found = this.jobs.filter((job) => !job.isUnknown);
    if (found.length === 0 || this.#stopped.signal.aborted) {
      return;
    }
    this.#follow(found);
    this.#stopAsking = repeatWhileVisible(() => this.#lookAtQueue(), LOOK_AT_QUEUE_EVERY);
  }

  #follow(found) {
    const one = linkTo(`/api/generate/${encodeURIComponent(found[0].requestId)}/events`);
    const several = linkTo(`/api/events?${found.map((job) => query({ requestId: job.requestId })).join('&')}`);
    this.#steps = new FollowSteps(found.length === 1 ? one : several);
    this.#steps.addEventListener('connection', ({ detail }) => this.#tell(detail));
    this.#steps.addEventListener('step', ({ detail }) => this.#take(detail));
    this.#steps.addEventListener('reset', () => this.#readAgain());
    this.#steps.start();
  }

  #take(step) {
    const job = this.#job(step.request_id);
    job?.take(step);
    if (job?.hasEnded && !job.isSettled) {
      this.#settle(job);
    }
    // by their steps, not by what else was heard of them: the end may be known before the way to it was told
    if (this.jobs.every((job) => job.isUnknown || isTold(job))) {
      this.#steps.end();
      this.#stopAsking();
    }
  }

  /** The stream tells all steps of those jobs again that the ledger still has. */
  #readAgain() {
    for (const job of this.jobs.filter((job) => !job.isUnknown)) {
      job.forget();
      this.#find(job).catch(() => {}); // stopped meanwhile
    }
  }

  /** Until it is answered whether there is such a job. */
  async #find(job) {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        job.learn(await findJob(job.requestId, { signal: this.#stopped.signal }));
        return this.#tell('live');
      } catch (problem) {
        if (problem.status === 404) {
          return job.doesNotExist();
        }
        this.#stopped.signal.throwIfAborted();
        this.#tell('lost');
        await new Promise((go) => setTimeout(go, wait));
      }
    }
  }

  /** No step says what the job cost in all. */
  async #settle(job) {
    job.isSettled = true; // it is asked for once
    try {
      job.learn(await findJob(job.requestId, { signal: this.#stopped.signal }));
    } catch {
      // until the page is opened again it stays as it was
    }
  }

  /** Where no steps come, the jobs themselves are asked about, too. */
  async #lookAtQueue() {
    const asked = this.jobs.filter((job) => !job.isUnknown && !job.hasEnded && (job.waits || this.#connection === 'lost'));
    await Promise.all(asked.map(async (job) => {
      try {
        job.learn(await findJob(job.requestId, { signal: this.#stopped.signal }));
        job.isLost = false;
      } catch {
        job.isLost = this.#connection === 'lost'; // the next round asks again
      }
    }));
  }

  #tell(connection) {
    this.#connection = connection;
    this.jobs.forEach((job) => (job.isLost = connection === 'lost'));
    this.dispatchEvent(new CustomEvent('connection', { detail: connection }));
  }
}

const isTold = (job) => job.latest?.status === 'completed' || job.latest?.status === 'failed';
