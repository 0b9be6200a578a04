/** A job as its steps tell it: the ledger's rows go in one by one, and what stands here is what they say together. */

import { askedOf } from './job-fields.js';
import { serverNow } from './clock.js';
import { hasEnded } from './steps.js';

/** Fires `change` whenever something new is known. */
export class Job extends EventTarget {
  requestId;
  status = 'started';
  /** Rows as in `GET /api/logs`, oldest first. */
  steps = [];
  /** What was asked for, as fields of `POST /api/generate`. */
  asked = {};
  /** The latest call's parameters, exactly as they were sent to Nebius, and what was cut off them. */
  sent;
  cut;
  /** {attempt, worker, startedAt, endedAt?, outcome?, reason?, code?, callMillis?, savingMillis?}, oldest first. */
  attempts = [];
  imageUrl;
  imageRemovedAt;
  /** {code, message} of a failed job. */
  error;
  /** {ahead, dueAt?, expectedAt?, heldUpBy?, nextTryAt?} while it waits. */
  queue;
  /** What it waits for, in a sentence. */
  waitingFor;
  /** {billed: 'yes' | 'no' | 'unknown', calls}: what was known of the bill when it was last asked about. */
  billing;
  /** The job that this one repeats. */
  replayOf;
  /** Somebody has cancelled it here, whatever became of that. */
  isCancelAsked = false;
  model;
  userId;
  /** There is no job with this id. */
  isUnknown = false;
  /** It was asked about since it has ended: what it cost will not change. */
  isSettled = false;
  /** Since when nothing can be heard of it; its clocks stand still then. */
  #lostAt;
  #known = new Set();

  constructor(requestId) {
    super();
    this.requestId = requestId;
  }

  get hasEnded() {
    return hasEnded(this.status);
  }

  get acceptedAt() {
    return this.steps[0]?.created_at;
  }

  get latest() {
    return this.steps.at(-1);
  }

  /** Nobody works on it at the moment. */
  get waits() {
    return !this.hasEnded && this.latest?.step !== 'calling_nebius_api';
  }

  /** A call is under way, as far as is known. */
  get isCalling() {
    return !this.hasEnded && this.attempts.length > 0 && !this.attempts.at(-1).outcome;
  }

  get isLost() {
    return this.#lostAt !== undefined;
  }

  /** Up to when it is known how it stands: milliseconds since 1970. */
  get now() {
    return this.#lostAt ?? serverNow();
  }

  /** @param {boolean} lost whether nothing can be heard of it at the moment */
  set isLost(lost) {
    if (lost !== this.isLost) {
      this.#lostAt = lost ? serverNow() : undefined;
      this.#changed();
    }
  }

  /** @param {object} reply of `GET /api/generate/{requestId}`, or to its submission */
  learn(reply) {
    const { model, generatedAt, ...asked } = reply.metadata;
    this.asked = { ...askedOf(asked), ...this.asked };
    this.model = model;
    this.replayOf = reply.replayOf;
    if (!this.hasEnded || hasEnded(reply.status)) { // otherwise it is from before the end
      this.queue = reply.queue;
      this.waitingFor = reply.waitingFor;
      this.billing = reply.billing;
      this.isSettled = hasEnded(reply.status);
    }
    this.imageUrl = reply.imageUrl ?? (reply.imageRemovedAt ? undefined : this.imageUrl);
    this.imageRemovedAt = reply.imageRemovedAt;
    this.error = reply.error ?? this.error;
    if (!this.hasEnded) {
      this.status = reply.status;
    }
    reply.attempts.forEach((told) => Object.assign(this.#attempt(told.attempt), told));
    this.#changed();
  }

  /** @param {object} reply to its cancellation */
  learnCancellation(reply) {
    this.isCancelAsked = true;
    this.learn(reply);
  }

  /** @param {object} row a step; one that is known already changes nothing */
  take(row) {
    if (this.#known.has(row.id)) {
      return;
    }
    this.#known.add(row.id);
    this.steps.push(row);
    this.userId = row.user_id;
    this.status = this.hasEnded ? this.status : row.status;
    this.#read(row, row.details ?? {});
    this.#changed();
  }

  doesNotExist() {
    this.isUnknown = true;
    this.#changed();
  }

  /** The ledger went back: what is known may never have been. What was asked for stays in view. */
  forget() {
    this.#known.clear();
    this.steps = [];
    this.attempts = [];
    this.status = 'started';
    this.isSettled = false;
    Object.assign(this, { imageUrl: undefined, imageRemovedAt: undefined, error: undefined, queue: undefined, waitingFor: undefined, billing: undefined, sent: undefined, cut: undefined });
    this.#changed();
  }

  #read(row, details) {
    const { step, created_at: at } = row;
    if (step === 'request_received') {
      this.asked = { ...this.asked, prompt: row.prompt, ...askedOf(details.parameters) };
    } else if (step === 'calling_nebius_api') {
      Object.assign(this.#attempt(details.attempt), { worker: details.worker, startedAt: at });
      this.sent = details.parameters;
      this.cut = details.cut;
      this.queue = undefined;
      this.waitingFor = undefined;
    } else if (step === 'image_generated') {
      this.imageUrl = this.imageRemovedAt ? undefined : row.image_url;
      this.#end('succeeded', at, details);
    } else if (step === 'attempt_outcome_unknown') {
      this.#end('unknown', at, details);
    } else if (step === 'attempt_failed' || step === 'nebius_api_error') {
      this.#end('failed', at, details);
    }
    if (row.status === 'failed') {
      this.error ??= { code: details.code ?? step, message: details.reason ?? '' };
    }
  }

  /** Of one attempt the log may say first that nobody knows how it ended, and later how it did. */
  #end(outcome, at, { attempt, worker, reason, code, callMillis, savingMillis }) {
    const ended = { outcome, endedAt: at, reason, code, worker, callMillis, savingMillis };
    Object.assign(this.#attempt(attempt), Object.fromEntries(Object.entries(ended).filter(([, value]) => value !== undefined)));
  }

  #attempt(number) {
    let found = this.attempts.find((made) => made.attempt === number);
    if (!found) {
      found = { attempt: number };
      this.attempts.push(found);
      this.attempts.sort((one, other) => one.attempt - other.attempt);
    }
    return found;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
