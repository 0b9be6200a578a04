/** Darkroom's HTTP API as the pages call it. What it answers is described at /v3/api-docs. */

import { noteServerTime } from './clock.js';
import { readJson, writeJson } from './json.js';
import { linkTo } from './links.js';

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

const SESSION = '/api/session';

/**
 * Where nobody is signed in who has to be, asks for that first, and then once more.
 *
 * @param {string} path with its query
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the JSON of the reply; null where it has none on purpose
 * @throws {Problem}
 */
export async function ask(path, options) {
  let reply = await reach(path, options);
  if (reply.status === 401 && path !== SESSION && (await signIn(options))) {
    reply = await reach(path, options);
  }
  noteServerTime(reply.headers.get('Date'));
  if (reply.status === 204) {
    return null;
  }
  const body = await reply.text().then(readJson).catch(() => null);
  if (!reply.ok || body === null) {
    throw new Problem(reply.status, body?.error ?? `The gateway answered ${reply.status}.`, body?.errors);
  }
  return body;
}

async function reach(path, options) {
  try {
    return await fetch(linkTo(path), options);
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem(0, 'The gateway does not answer.');
  }
}

/** Loaded only then, for where access is open nobody needs it. */
async function signIn({ method = 'GET', signal } = {}) {
  const isIn = await import('./sign-in.js').then((module) => module.signIn(method !== 'GET'), () => false);
  signal?.throwIfAborted();
  return isIn;
}

/**
 * Whether anybody has to sign in, and who has.
 *
 * @returns {Promise<{mode: 'open' | 'required', signedIn?: boolean, owner?: string, scopes?: string[],
 *     supabase?: {url: string, publicKey: string}}>}
 */
export const findSession = (options) => ask(SESSION, options);

/** @param {{key: string} | {token: string}} proof an API key, or Supabase's access token */
export const beginSession = (proof, options) => post(SESSION, proof, options);

export const endSession = (options) => ask(SESSION, { ...options, method: 'DELETE' });

/**
 * Submits a job. The same key again is the same job, so this may be repeated while nobody answers.
 *
 * @param {object} fields as `POST /api/generate` takes them
 * @param {string} key see {@link newKey}
 * @param {AbortSignal} [signal] ends the wait for an answer
 * @returns {Promise<object>} the job
 * @throws {Problem}
 */
export const submitJob = (fields, key, signal) => post('/api/generate', fields, { headers: { 'Idempotency-Key': key }, signal });

/**
 * Submits the request of an ended job again, as a new job. The same key again is the same new job.
 *
 * @param {string} requestId of the ended job
 * @param {object} changes fields that replace those of the ended job
 * @param {string} key see {@link newKey}
 * @param {AbortSignal} [signal] ends the wait for an answer
 * @returns {Promise<object>} the new job
 * @throws {Problem}
 */
export const replayJob = (requestId, changes, key, signal) =>
  post(`${jobPath(requestId)}/replay`, changes, { headers: { 'Idempotency-Key': key }, signal });

/**
 * Cancels a job. May be repeated.
 *
 * @param {string} requestId
 * @returns {Promise<object>} the job: ended, however, or with a worker that is about to cut its call
 * @throws {Problem}
 */
export const cancelJob = (requestId, options) => ask(jobPath(requestId), { ...options, method: 'DELETE' });

/** @param {string} requestId */
export const findJob = (requestId, options) => ask(jobPath(requestId), options);

const jobPath = (requestId) => `/api/generate/${encodeURIComponent(requestId)}`;

/** @param {Record<string, string | number | undefined>} filters empty ones are left out */
export const findLogs = (filters, options) => ask(`/api/logs?${query(filters)}`, options);

/** @param {{since?: string, until?: string}} [range] */
export const findStats = (range = {}, options) => ask(`/api/stats?${query(range)}`, options);

/** @returns {Promise<{models: object[]}>} the default first */
export const findModels = (options) => ask('/api/models', options);

/** @returns {Promise<{workers: object[]}>} */
export const findWorkers = (options) => ask('/api/workers', options);

/** @returns {Promise<{paused: object[], operations: object[]}>} */
export const findOperations = (options) => ask('/api/operations', options);

/** @param {string} id of an operation */
export const findOperation = (id, options) => ask(`/api/operations/${encodeURIComponent(id)}`, options);

/** @returns {Promise<{matched: number}>} how many jobs an operation would change now */
export const countMatches = (operation, options) => post('/api/operations', { ...operation, dryRun: true }, options);

/** Begins to change all jobs that match. Again it is another operation, so this is not to be repeated. */
export const beginOperation = (operation, options) => post('/api/operations', operation, options);

/** Stops an operation; what it has done stays. */
export const stopOperation = (id, options) => ask(`/api/operations/${encodeURIComponent(id)}`, { ...options, method: 'DELETE' });

/** @param {{userId?: string, model?: string, reason?: string}} pause of all where neither user nor model is named */
export const pauseCalls = (pause, options) => post('/api/operations/pause', pause, options);

/** @param {{userId?: string, model?: string}} pause exactly that one ends */
export const resumeCalls = (pause, options) => post('/api/operations/resume', pause, options);

/** @returns {Promise<{keys: object[]}>} without their secrets, the newest first */
export const findKeys = (options) => ask('/api/keys', options);

/** @returns {Promise<{id: string, key: string}>} with its secret, this once. Again it is another key, so this is not to be repeated. */
export const makeKey = (fields, options) => post('/api/keys', fields, options);

export const revokeKey = (id, options) => ask(`/api/keys/${encodeURIComponent(id)}`, { ...options, method: 'DELETE' });

function post(path, fields, { headers, ...options } = {}) {
  return ask(path, { ...options, method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: writeJson(fields) });
}

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
