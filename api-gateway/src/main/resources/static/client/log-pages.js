/** The pages of the log, newest first. A filter that is relative to now is fixed when the first page is asked for. */

import { findLogs } from './api.js';
import { serverNow } from './clock.js';
import { asParameters } from './log-filters.js';

/** Steps; a job that goes well has three. */
const PAGE = 90;

/** Steps that are asked for at once while they are followed. */
const NEWEST = 500;

/** Steps become visible when they are committed, not always in the order of their times. */
const OVERLAP = 5_000;

/** A step may be committed that long after its time; and the servers' clock is known to a few seconds only. */
const LATEST_COMMIT = 10_000;

/** Pages that one question follows: of a search some are short or empty, though there are more. */
const PAGES_AT_ONCE = 20;

export class LogPages {
  #filters;
  #parameters;
  #next = {};

  /** @param {Record<string, string>} filters as the address has them */
  constructor(filters) {
    this.#filters = filters;
  }

  /** Whether there is a further page. */
  get hasNext() {
    return this.#next !== null;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<{logs: object[], count: number, countLimited?: boolean}>} the first page, then the one after it, and so on
   */
  async next(signal) {
    this.#parameters ??= asParameters(this.#filters);
    const reply = await findLogs({ ...this.#parameters, ...this.#next, limit: PAGE }, { signal });
    this.#next = reply.nextCursor ? { ...this.#next, cursor: reply.nextCursor } : null;
    return reply;
  }

  /**
   * What was written after a step that is known. `complete` is false where that is more than is asked for at once; these
   * steps are then the newest. Where it is true, nothing that was written before `upTo` is left to be found.
   *
   * @returns {Promise<{logs: object[], complete: boolean, upTo: string}>}
   */
  async newer(latest, signal) {
    const parameters = asParameters(this.#filters);
    const end = Date.parse(parameters.until) || Infinity; // a question has to begin before it
    const upTo = new Date(Math.min(serverNow() - LATEST_COMMIT, end)).toISOString();
    const overlap = latest && new Date(Date.parse(latest) - OVERLAP).toISOString();
    const since = [parameters.since, overlap].filter(Boolean).sort((one, other) => Date.parse(one) - Date.parse(other)).at(-1);
    const logs = [];
    let cursor;
    for (let page = 0; page < PAGES_AT_ONCE && logs.length < NEWEST; page += 1) {
      const reply = await findLogs({ ...parameters, since, cursor, limit: NEWEST - logs.length }, { signal });
      logs.push(...reply.logs);
      cursor = reply.nextCursor;
      if (!cursor) {
        return { logs, complete: true, upTo };
      }
    }
    return { logs, complete: false, upTo };
  }

  /** The next page begins with the steps of this instant; those that are known already are known by their ids. */
  continueAfter(instant) {
    this.#next = { until: new Date(Date.parse(instant) + 1).toISOString() };
  }

  /** All steps of one request, whatever the filters leave out. */
  static async ofRequest(requestId, signal) {
    const { logs } = await findLogs({ requestId, limit: 500 }, { signal });
    return logs;
  }
}
