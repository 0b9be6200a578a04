import '../components/site-navigation.js';
import '../components/key-form.js';
import '../components/key-list.js';

import { findKeys, findSession } from '../client/api.js';
import { repeatWhileVisible } from '../client/repeat.js';

const EVERY = 10_000;

const find = (selector) => document.querySelector(selector);
const lost = find('#lost');

async function renew() {
  try {
    find('key-list').keys = (await findKeys()).keys;
    lost.textContent = '';
  } catch (problem) {
    lost.textContent = problem.message;
  }
}

for (const name of ['key-list', 'key-form']) {
  find(name).addEventListener('changed', renew);
}

/** Where access is open, keys are made and revoked by the command alone. */
function begin({ mode }) {
  if (mode === 'open') {
    find('#open').hidden = false;
    find('#made-here').hidden = true;
  } else {
    repeatWhileVisible(renew, EVERY);
  }
}

findSession().then(begin, () => repeatWhileVisible(renew, EVERY));
