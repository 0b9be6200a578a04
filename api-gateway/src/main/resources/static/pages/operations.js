import '../components/site-navigation.js';
import '../components/worker-list.js';
import '../components/pause-list.js';
import '../components/pause-form.js';
import '../components/operation-list.js';

import { findOperations, findWorkers } from '../client/api.js';
import { repeatWhileVisible } from '../client/repeat.js';

const EVERY = 2_000;

const find = (selector) => document.querySelector(selector);
const lost = find('#lost');
let latest = 0;

async function renew() {
  const asked = (latest += 1);
  try {
    const [{ workers }, { paused, operations }] = await Promise.all([findWorkers(), findOperations()]);
    if (asked === latest) { // otherwise it was asked before something changed
      find('worker-list').workers = workers;
      find('pause-list').pauses = paused;
      find('operation-list').operations = operations;
      lost.textContent = '';
    }
  } catch (problem) {
    lost.textContent = `${problem.message} What is shown is from before; still asking.`;
  }
}

for (const name of ['pause-list', 'pause-form']) {
  find(name).addEventListener('changed', () => {
    renew();
    find('site-navigation').renew();
  });
}
repeatWhileVisible(renew, EVERY);
