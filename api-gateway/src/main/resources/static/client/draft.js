/**
 * What the form of /generate holds, as an object of the API's fields with `count` and `keepSeed`; kept for this tab, for as
 * long as it is open.
 */

import { FIELDS } from './job-fields.js';

const KEY = 'darkroom.generate';
const LONGEST = 25_000; // ten LoRAs
const NUMBERS = ['diffusionStrength', 'styleIntensity', 'width', 'height'];

export function keepDraft(values) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    // full or forbidden: then it is not kept
  }
}

/** @returns {object | null} */
export function keptDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/**
 * What an address asks the form to hold: fields of the API and `count`, in the query or in the fragment; null for nothing.
 * A seed that is named is kept.
 */
export function draftInAddress({ search, hash }) {
  const named = new URLSearchParams(`${search}&${hash.slice(1)}`);
  const draft = Object.fromEntries([...FIELDS, 'count'].filter((name) => named.has(name)).map((name) => [name, named.get(name).slice(0, LONGEST)]));
  NUMBERS.filter((name) => name in draft).forEach((name) => readNumber(draft, name));
  if ('loras' in draft) {
    draft.loras = lorasIn(draft.loras);
  }
  if ('seed' in draft) {
    draft.keepSeed = draft.seed !== '';
  }
  return Object.keys(draft).length > 0 ? draft : null;
}

/** None where an address is not ours. */
function lorasIn(text) {
  try {
    const loras = JSON.parse(text);
    return loras.every(({ url }) => typeof url === 'string') ? loras : [];
  } catch {
    return [];
  }
}

function readNumber(draft, name) {
  const value = Number(draft[name]);
  if (draft[name].trim() === '' || !Number.isFinite(value)) {
    delete draft[name];
  } else {
    draft[name] = value;
  }
}
