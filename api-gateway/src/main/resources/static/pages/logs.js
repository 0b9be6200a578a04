import '../components/site-navigation.js';
import '../components/log-filters.js';
import '../components/bulk-actions.js';
import '../components/log-table.js';
import { number } from '../client/format.js';
import { linkTo } from '../client/links.js';
import { asParameters, readFilters, writeFilters } from '../client/log-filters.js';
import { query } from '../client/api.js';

const fields = document.querySelector('log-filters');
const bulk = document.querySelector('bulk-actions');
const table = document.querySelector('log-table');
const charts = document.querySelector('log-charts');
const live = document.querySelector('#live');
const count = document.querySelector('#count');
const exports = document.querySelectorAll('[data-format]');

/** What is shown is what the address says. */
let filters = {};

function show() {
  filters = readFilters(location.search);
  fields.filters = filters;
  fields.errors = [];
  bulk.filters = filters;
  table.filters = filters;
  charts.range = filters;
  showLive();
  aimExports();
}

/** Live is in the address as well; with a time that has an end there is nothing to follow. */
function showLive() {
  const wanted = new URLSearchParams(location.search).get('live') === 'on';
  const possible = !filters.until;
  live.checked = wanted && possible;
  live.disabled = !possible;
  document.querySelector('#live-hint').hidden = possible;
  table.live = live.checked;
  count.setAttribute('aria-live', live.checked ? 'off' : 'polite'); // it would never end
  charts.live = live.checked;
}

function address(next, isLive) {
  const search = new URLSearchParams(writeFilters(next));
  if (isLive) {
    search.set('live', 'on');
  }
  return linkTo(search.size > 0 ? `/logs?${search}` : '/logs');
}

/** A range that ends now ends when the link is followed. */
function aimExports() {
  for (const link of exports) {
    link.href = linkTo(`/api/logs/export?${query({ format: link.dataset.format, ...asParameters(filters) })}`);
  }
}

function go(to, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  show();
}

fields.addEventListener('filter', ({ detail }) => go(address(detail.filters, live.checked), { replace: detail.refines }));
live.addEventListener('change', () => {
  history.replaceState(null, '', address(filters, live.checked));
  showLive();
});
exports.forEach((link) => link.addEventListener('click', aimExports));
table.addEventListener('problem', ({ detail: problem }) => {
  fields.errors = problem?.errors ?? [];
});
table.addEventListener('count', ({ detail }) => {
  if (detail.count === undefined) {
    count.textContent = '';
    return;
  }
  const steps = detail.count === 1 ? 'step' : 'steps';
  count.textContent = `${detail.countLimited ? 'at least ' : ''}${number(detail.count)} ${steps} ${Object.keys(filters).length > 0 ? 'found' : 'in the log'}`;
});
addEventListener('popstate', show);

/** Links to other filters need no new page. */
table.addEventListener('click', (event) => {
  const link = event.target.closest(`a[href^="${linkTo('/logs')}"]`);
  if (link && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    go(link.getAttribute('href'));
    document.querySelector('#requests-title').scrollIntoView({ block: 'nearest' });
  }
});

show();

/** Not every Safari has idle callbacks. */
const whenIdle = globalThis.requestIdleCallback ?? ((go) => setTimeout(go, 200));

/** The charts come after the log: they are worth waiting for, and nothing waits for them. */
whenIdle(() => import('../components/log-charts.js'));
