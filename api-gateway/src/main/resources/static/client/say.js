/** Telling those who don't see the page what has just happened on it, once. */

import { element } from './elements.js';

const region = element('p.unseen', { role: 'status', 'data-said': true });

/** @param {string} sentence */
export function say(sentence) {
  if (!region.isConnected) {
    document.body.append(region);
  }
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = sentence;
  });
}
