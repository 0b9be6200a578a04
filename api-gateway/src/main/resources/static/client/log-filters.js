/** What the logs page is to show, as its address holds it; names and meanings are those of `GET /api/logs`. */

import { query } from './api.js';
import { serverNow } from './clock.js';

const NAMES = ['status', 'userId', 'requestId', 'q', 'range', 'since', 'until'];

/** Ranges that end now. They stay relative in the address, so that it means the same tomorrow. */
export const RANGES = {
  '15m': { words: 'Last 15 minutes', milliseconds: 900_000 },
  '1h': { words: 'Last hour', milliseconds: 3_600_000 },
  '24h': { words: 'Last day', milliseconds: 86_400_000 },
};

/**
 * @param {string} search of an address
 * @returns {Record<string, string>} only what is set
 */
export function readFilters(search) {
  const given = new URLSearchParams(search);
  return tidy(Object.fromEntries(NAMES.map((name) => [name, given.get(name)?.trim()])));
}

/** Leaves out what is empty; exact times win over a relative range. */
export function tidy(filters) {
  const set = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  if (set.since || set.until || !(set.range in RANGES)) {
    delete set.range;
  }
  return set;
}

/** @returns {string} what follows the path: empty, or with its question mark */
export function writeFilters(filters) {
  const search = query(tidy(filters)).toString();
  return search && `?${search}`;
}

/** @returns {Record<string, string>} as the API takes them: a relative range becomes an instant */
export function asParameters({ range, ...filters }, now = serverNow()) {
  const since = range ? new Date(now - RANGES[range].milliseconds).toISOString() : filters.since;
  return tidy({ ...filters, since });
}

/** Whether a step that was just written would be found; what ended in the past never is. */
export function matches(filters, step, now = serverNow()) {
  const { status, userId, requestId, q, since, until } = asParameters(filters, now);
  const at = Date.parse(step.created_at);
  return (!status || step.status === status)
    && (!userId || step.user_id === userId)
    && (!requestId || step.request_id === requestId.toLowerCase())
    && (!q || step.prompt.toLowerCase().includes(q.toLowerCase()))
    && (!since || at >= Date.parse(since))
    && (!until || at < Date.parse(until));
}
