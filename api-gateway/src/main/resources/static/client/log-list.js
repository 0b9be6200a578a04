/**
 * Which requests are shown, and which wait to be: merges pages and what is heard live, without doubles and without gaps.
 * A request keeps its place once it is shown, whatever else is heard of it.
 */

import { RequestLog } from './request-log.js';

/** Requests that are kept while new ones keep coming. */
export const KEPT = 150;

/** Ids of steps that are remembered so that none is counted twice. */
const REMEMBERED = 5_000;

export class LogList {
  #shown = new Map();
  #waiting = new Map();
  #counted = new Set();
  #replaces = false;
  #resume;

  /** What is older comes with further pages, and is counted already; empty where there is nothing older. */
  #floor = '';

  /** How many requests wait to be let in. */
  get waiting() {
    return this.#waiting.size;
  }

  /**
   * Adds a page below.
   *
   * @param {object[]} steps newest first
   * @param {boolean} hasNext whether further pages follow
   * @returns {{fresh: RequestLog[], changed: RequestLog[]}} those to be shown below, and those of which more is known now
   */
  append(steps, hasNext) {
    if (!this.#resume) {
      this.#floor = hasNext ? (steps.at(-1)?.created_at ?? this.#floor) : '';
    }
    const fresh = new Map();
    const changed = new Set();
    for (const step of steps) {
      this.#count(step);
      const log = this.#find(step) ?? fresh.get(step.request_id);
      if (log) {
        log.add(step);
        changed.add(log);
      } else {
        fresh.set(step.request_id, new RequestLog(step));
      }
    }
    fresh.forEach((log, id) => this.#shown.set(id, log));
    return { fresh: [...fresh.values()], changed: [...changed] };
  }

  /**
   * Takes steps that were just written; requests that are not shown wait to be let in.
   *
   * @param {object[]} steps newest first
   * @param {boolean} complete false where there are steps between these and those that are known
   * @returns {{added: number, changed: RequestLog[]}} how many steps are new, and requests of which more is known now
   */
  hear(steps, complete) {
    if (!complete) {
      this.#replaces = true;
      this.#waiting.clear();
      this.#comeBackTo(steps.at(-1).created_at);
    }
    const changed = new Set();
    let added = 0;
    for (const step of steps.toReversed()) {
      const isOlder = step.created_at <= this.#floor;
      added += this.#count(step) && !isOlder ? 1 : 0;
      const log = this.#waiting.get(step.request_id) ?? this.#shown.get(step.request_id);
      if (isOlder && !log) {
        continue;
      }
      if (!log || (this.#replaces && !this.#waiting.has(step.request_id))) {
        this.#waiting.set(step.request_id, new RequestLog(step));
        this.#keepWaitingShort();
      }
      if (log?.add(step)) {
        changed.add(log);
      }
    }
    return { added, changed: [...changed] };
  }

  /** @returns {{logs: RequestLog[], replaces: boolean}} those to be shown on top, the newest last, or in place of all */
  letIn() {
    const [logs, replaces] = [[...this.#waiting.values()], this.#replaces];
    if (replaces) {
      this.#shown.clear();
    }
    logs.forEach((log) => this.#shown.set(log.requestId, log));
    this.#waiting.clear();
    this.#replaces = false;
    return { logs, replaces };
  }

  /** It is not shown any more; a later page brings it back. */
  letGo(log) {
    this.#shown.delete(log.requestId);
    this.#comeBackTo(log.latest.created_at);
  }

  /** It is not shown any more, and does not belong here any more. */
  drop(log) {
    this.#shown.delete(log.requestId);
  }

  /** From where pages have to go on after what was let go, once; undefined for where they were. */
  takeResume() {
    const resume = this.#resume;
    this.#resume = undefined;
    return resume;
  }

  #find(step) {
    return this.#shown.get(step.request_id) ?? this.#waiting.get(step.request_id);
  }

  #keepWaitingShort() {
    if (this.#waiting.size > KEPT) {
      const [oldest] = this.#waiting.values();
      this.#waiting.delete(oldest.requestId);
      this.#replaces = true;
      this.#comeBackTo(oldest.latest.created_at);
    }
  }

  #comeBackTo(instant) {
    this.#floor = instant > this.#floor ? instant : this.#floor;
    this.#resume = this.#floor; // never below what is to come back already
  }

  /** @returns {boolean} whether it was not counted before */
  #count({ id }) {
    if (this.#counted.has(id)) {
      return false;
    }
    this.#counted.add(id);
    if (this.#counted.size > REMEMBERED) {
      const [oldest] = this.#counted;
      this.#counted.delete(oldest);
    }
    return true;
  }
}
