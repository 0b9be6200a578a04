/** What a job was asked with, as fields of `POST /api/generate`, and what is made of them: an address and a line of curl. */

import { writeJson } from './json.js';
import { linkTo } from './links.js';

/** In the order in which people read them. */
export const FIELDS = ['prompt', 'negative_prompt', 'style', 'styleIntensity', 'diffusionStrength', 'width', 'height', 'seed', 'model', 'loras'];

/** Every model takes seeds below 2^31, and each of 16 pictures has the next one. */
const SEED_BOUND = 2 ** 31 - 15;

export const drawSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] % SEED_BOUND;

/** Those of an object that a job can be asked with. */
export function askedOf(values) {
  return Object.fromEntries(FIELDS.filter((name) => values?.[name] !== undefined && values[name] !== null).map((name) => [name, values[name]]));
}

/**
 * Where the form stands with these fields filled in. They are in the fragment, which no server and no log sees, and
 * which may be longer than a request's first line.
 */
export const formAddress = (fields) => linkTo(`/generate#${new URLSearchParams(Object.entries(fields).map(inText))}`);

const inText = ([name, value]) => [name, Array.isArray(value) ? writeJson(value) : value];

/** A line for a shell; what the prompt holds can't leave its quotes. */
export function curlLine(fields) {
  const body = writeJson(fields).replaceAll("'", "'\\''");
  return `curl -i ${location.origin}${linkTo('/api/generate')} -H 'Content-Type: application/json' -d '${body}'`;
}
