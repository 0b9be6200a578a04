/**
 * The servers' time. Steps carry theirs, and a computer whose clock is wrong would show waits that never were; so every
 * answer's `Date` is compared with the clock here.
 */

/** `Date` has whole seconds, and an answer takes its way; below this no clock is wrong. */
const TOLERANCE = 3_000;

let ahead = 0;

/** @param {string | null} date the header of an answer that has just come */
export function noteServerTime(date) {
  const difference = Date.parse(date ?? '') - Date.now();
  ahead = Math.abs(difference) > TOLERANCE ? difference : 0;
}

/** Milliseconds since 1970, as the servers count them. */
export const serverNow = () => Date.now() + ahead;
