/** JSON whose integers stay exact: a seed may be larger than a double can hold, and is a `bigint` then. */

const WHOLE = /^-?\d+$/;

/** @param {string} text */
export function readJson(text) {
  return JSON.parse(text, (_, value, context) => (isRounded(value) && WHOLE.test(context?.source) ? BigInt(context.source) : value));
}

const isRounded = (value) => typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

/** @param {number} [indent] spaces per level, for people */
export function writeJson(value, indent) {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? exactly(part) : part), indent);
}

/** Browsers that can't write such a number can't read one either. */
const exactly = (value) => (JSON.rawJSON ? JSON.rawJSON(String(value)) : Number(value));
