/** The steps of one request, gathered from pages, streams and questions of their own: each step once, oldest first. */

import { hasEnded } from './steps.js';

/** Steps of the same instant, in the order in which the ledger writes them. */
const ORDER = ['request_received', 'calling_nebius_api', 'attempt_failed', 'attempt_outcome_unknown', 'retry_scheduled'];

const TIMED_ID = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

export class RequestLog {
  #steps = new Map();
  #sorted = [];
  #whole = false;

  /** @param {object} step the first one that was heard of, a row as in `GET /api/logs` */
  constructor(step) {
    this.requestId = step.request_id;
    this.userId = step.user_id;
    this.prompt = step.prompt;
    this.add(step);
  }

  /** @returns {boolean} whether it is new */
  add(step) {
    if (this.#steps.has(step.id)) {
      return false;
    }
    this.#steps.set(step.id, step);
    this.#sorted = [...this.#steps.values()].sort(byTime);
    return true;
  }

  /** All there are by now, from a question of their own. */
  complete(steps) {
    steps.forEach((step) => this.add(step));
    this.#whole = true;
  }

  get steps() {
    return this.#sorted;
  }

  get latest() {
    return this.#sorted.at(-1);
  }

  get status() {
    return (this.#sorted.find((step) => hasEnded(step.status)) ?? this.latest).status;
  }

  get ended() {
    return hasEnded(this.status);
  }

  /** The step that it ended with, if it has and that step is known. */
  get ending() {
    return this.#sorted.find((step) => hasEnded(step.status));
  }

  /** When it was submitted: its id says so (RFC 9562, version 7); others have the first step that is known. */
  get submittedAt() {
    const [, high, low] = TIMED_ID.exec(this.requestId) ?? [];
    return high ? parseInt(high + low, 16) : this.begunAt;
  }

  /** When it was accepted, as far as is known. */
  get begunAt() {
    return Date.parse(this.#sorted[0].created_at);
  }

  get imageUrl() {
    return this.#sorted.findLast((step) => step.image_url)?.image_url;
  }

  /** Whether every step up to the latest is here: filters and pages leave some out. */
  get isWhole() {
    return this.#whole || (this.#sorted[0].step === 'request_received' && this.#isUnbroken());
  }

  /** From the first to the last step each attempt that is spoken of was seen to begin. */
  #isUnbroken() {
    const begun = this.#sorted.filter((step) => step.step === 'calling_nebius_api').length;
    const spokenOf = Math.max(0, ...this.#sorted.map((step) => step.details?.attempt ?? 0));
    return begun >= spokenOf;
  }
}

function byTime(one, other) {
  return Date.parse(one.created_at) - Date.parse(other.created_at)
    || (one.details?.attempt ?? 0) - (other.details?.attempt ?? 0)
    || place(one) - place(other);
}

const place = ({ step }) => (ORDER.includes(step) ? ORDER.indexOf(step) : ORDER.length);
