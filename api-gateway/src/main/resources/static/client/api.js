/** Darkroom's HTTP API as the pages call it. What it answers is described at /v3/api-docs. */

import { noteServerTime } from '/client/clock.js';
import { readJson, writeJson } from '/client/json.js';

/** A request that was not answered as asked: RFC 9457, or no answer at all (`status` 0). */
export class Problem extends Error {
  /**
   * @param {number} status HTTP status; 0 where the gateway could not be reached
   * @param {string} sentence for people
   * @param {{field: string, message: string}[]} errors every bad field of a 400
   */
  constructor(status, sentence, errors = []) {
    super(sentence);
    this.name = 'Problem';
    this.status = status;
    this.errors = errors;
  }

  /** Whether the same request may succeed later without being changed. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

/**
 * @param {string} path with its query
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the JSON of the reply
 * @throws {Problem}
 */
export async function ask(path, options) {
  const reply = await reach(path, options);
  noteServerTime(reply.headers.get('Date'));
  const body = await reply.text().then(readJson).catch(() => null);
  if (!reply.ok || body === null) {
    throw new Problem(reply.status, body?.error ?? `The gateway answered ${reply.status}.`, body?.errors);
  }
  return body;
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem(0, 'The gateway does not answer.');
  }
}

/**
 * Submits a job. The same key again is the same job, so this may be repeated while nobody answers.
 *
 * @param {object} fields as `POST /api/generate` takes them
 * @param {string} key see {@link newKey}
 * @param {AbortSignal} [signal] ends the wait for an answer
 * @returns {Promise<object>} the job
 * @throws {Problem}
 */
export function submitJob(fields, key, signal) {
  return ask('/api/generate', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: writeJson(fields),
    signal,
  });
}

/** @param {string} requestId */
export const findJob = (requestId, options) => ask(`/api/generate/${encodeURIComponent(requestId)}`, options);

/** @param {Record<string, string | number | undefined>} filters empty ones are left out */
export const findLogs = (filters, options) => ask(`/api/logs?${query(filters)}`, options);

/** @param {{since?: string, until?: string}} [range] */
export const findStats = (range = {}, options) => ask(`/api/stats?${query(range)}`, options);

/** @returns {URLSearchParams} of those that are set */
export function query(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
}

/** An Idempotency-Key: a random UUID, also where the page came over plain http from another host. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
