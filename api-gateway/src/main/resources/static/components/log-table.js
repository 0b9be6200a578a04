/**
 * The log, newest first, one entry per request: `<log-table>`. Set `filters` to ask anew, `live` to follow what is
 * written.
 *
 * Tells of `problem` (`detail` is the {@link Problem}, or null once an answer has come) and of `count`
 * (`detail` is `{count, countLimited}`).
 */

import '/components/log-entry.js';
import { serverNow } from '/client/clock.js';
import { element } from '/client/elements.js';
import { FollowLogs } from '/client/follow-logs.js';
import { number } from '/client/format.js';
import { asParameters } from '/client/log-filters.js';
import { LogPages } from '/client/log-pages.js';
import { repeatWhileVisible } from '/client/repeat.js';
import { RequestLog } from '/client/request-log.js';

/** Entries that are kept while new ones keep coming. */
const KEPT_LIVE = 150;
const SKELETONS = 6;
const RETRY_AFTER = 5_000;

class LogTable extends HTMLElement {
  #filters = {};
  #live = false;
  #pages;
  #follow = null;
  #asking = new AbortController();
  #retry;
  #stopClock;
  #entries = new Map();
  #held = new Map();
  #latest;
  #count = 0;

  #trouble = element('span');
  #again = element('button.quiet', { type: 'button', hidden: true, click: () => this.#load() }, 'Try again');
  #notice = element('div.notice.bad', { role: 'alert', hidden: true }, this.#trouble, this.#again);
  #connection = element('p.notice.waiting', { role: 'status' });
  #pill = element('button.primary.pill', { type: 'button', hidden: true, click: () => this.#letIn() });
  #list = element('ol.entries.sheet', { role: 'list', 'aria-label': 'Requests, newest first' });
  #empty = element('div.sheet.empty', { hidden: true });
  #more = element('button.more', { type: 'button', hidden: true, click: () => this.#loadMore() }, 'Load more');
  #end = element('p.end.dim.small', { hidden: true, tabindex: '-1' }, 'These are all.');
  #seen = new IntersectionObserver((changes) => this.#completeSeen(changes), { rootMargin: '400px' });

  connectedCallback() {
    this.replaceChildren(this.#notice, this.#connection, element('div.pill-place', { role: 'status' }, this.#pill),
      this.#list, this.#empty, element('div.foot', {}, this.#more, this.#end));
    this.#showSkeletons();
    this.#stopClock = repeatWhileVisible(async () => this.#tick(), 1_000);
  }

  disconnectedCallback() {
    this.#stopFollowing();
    this.#stopClock();
    this.#seen.disconnect();
  }

  set filters(filters) {
    this.#filters = filters;
    this.#load();
  }

  set live(live) {
    this.#live = live;
    this.#stopFollowing();
    if (live && this.#pages) {
      this.#startFollowing();
    }
    if (!live) {
      this.#letIn();
    }
  }

  async #load() {
    this.#stopFollowing();
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const pages = new LogPages(this.#filters);
    this.#list.setAttribute('aria-busy', 'true');
    try {
      const reply = await pages.next(signal);
      this.#answered();
      this.#clear();
      this.#pages = pages;
      this.#latest = reply.logs[0]?.created_at;
      this.#tellCount(reply);
      this.#append(reply.logs);
      if (this.#live) {
        this.#startFollowing();
      }
    } catch (failure) {
      this.#failed(failure, () => this.#load());
    }
  }

  async #loadMore() {
    const known = this.#list.children.length;
    this.#more.setAttribute('aria-busy', 'true');
    try {
      do {
        this.#append((await this.#pages.next(this.#asking.signal)).logs); // a page may have but earlier steps of those that are shown
      } while (this.#list.children.length === known && this.#pages.hasNext);
      this.#answered();
      (this.#list.children[known]?.querySelector('a.prompt') ?? this.#end).focus({ preventScroll: true });
    } catch (failure) {
      this.#failed(failure);
    }
  }

  #answered() {
    clearTimeout(this.#retry);
    this.#list.removeAttribute('aria-busy');
    this.#more.removeAttribute('aria-busy');
    this.#notice.hidden = true;
    this.dispatchEvent(new CustomEvent('problem', { detail: null }));
  }

  /** What may pass is asked again; what is wrong with the question is told to whoever shows the fields. */
  #failed(failure, again) {
    if (failure.name === 'AbortError') {
      return;
    }
    this.#list.removeAttribute('aria-busy');
    this.#more.removeAttribute('aria-busy');
    const passes = failure.passes && again !== undefined;
    this.#trouble.textContent = sentence(failure, passes);
    this.#again.hidden = passes || failure.errors?.length > 0;
    this.#notice.hidden = false;
    if (passes) {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(again, RETRY_AFTER);
    } else if (again) {
      this.#pages ??= pages;
      this.#clear();
    }
    this.dispatchEvent(new CustomEvent('problem', { detail: failure }));
  }

  #startFollowing() {
    this.#follow = new FollowLogs(this.#filters, this.#pages, this.#latest);
    this.#follow.addEventListener('steps', ({ detail }) => this.#heard(detail));
    this.#follow.addEventListener('connection', ({ detail }) => {
      this.#connection.textContent = detail === 'lost' ? 'The connection is lost. It is tried again; nothing will be missing.' : '';
    });
    this.#follow.start();
  }

  #stopFollowing() {
    this.#follow?.stop();
    this.#follow = null;
    this.#connection.textContent = '';
  }

  /** Steps that were just written, newest first. */
  #heard({ logs, complete }) {
    if (!complete) {
      this.#clear(); // more than can be followed: the newest, and what lies between is on the next pages
    }
    this.#latest = logs[0].created_at > (this.#latest ?? '') ? logs[0].created_at : this.#latest;
    let added = 0;
    const changed = new Set();
    for (const step of logs.toReversed()) {
      const log = this.#entries.get(step.request_id)?.log ?? this.#held.get(step.request_id);
      if (log?.add(step) ?? this.#hold(step)) {
        added += 1;
        changed.add(step.request_id);
      }
    }
    this.#tellCount({ count: this.#count + added, countLimited: this.#countLimited });
    changed.forEach((id) => this.#entries.get(id)?.renew(serverNow()));
    if (this.#isRead()) {
      this.#showPill();
    } else {
      this.#letIn();
    }
  }

  #countLimited = false;

  #hold(step) {
    this.#held.set(step.request_id, new RequestLog(step));
    return true;
  }

  /** Somebody reads further down, or has the focus in here: then nothing moves under them. */
  #isRead() {
    return this.#list.getBoundingClientRect().top < 0 || this.#list.contains(document.activeElement);
  }

  #showPill() {
    const waiting = this.#held.size;
    this.#pill.hidden = waiting === 0;
    this.#pill.textContent = `${number(waiting)} new`;
  }

  /** Shows the requests that were held back, on top. */
  #letIn() {
    const asked = !this.#pill.hidden && document.activeElement === this.#pill;
    for (const log of this.#held.values()) {
      this.#list.prepend(this.#entry(log, 'li.new'));
    }
    this.#held.clear();
    this.#pill.hidden = true;
    this.#trim();
    this.#showEnds();
    if (asked) {
      this.scrollIntoView({ block: 'start' });
      this.#list.querySelector('a.prompt')?.focus({ preventScroll: true });
    }
  }

  /** Live, the list stays as long as it is; what goes comes back with the next page. */
  #trim() {
    if (!this.#live || this.#list.children.length <= KEPT_LIVE) {
      return;
    }
    while (this.#list.children.length > KEPT_LIVE) {
      this.#forget(this.#list.lastElementChild);
    }
    this.#pages.continueAfter(this.#list.lastElementChild.firstElementChild.log.latest.created_at);
  }

  #append(logs) {
    const fresh = new Map();
    for (const step of logs) {
      const known = this.#entries.get(step.request_id)?.log ?? this.#held.get(step.request_id) ?? fresh.get(step.request_id);
      if (known) {
        known.add(step);
      } else {
        fresh.set(step.request_id, new RequestLog(step));
      }
    }
    const now = serverNow();
    new Set(logs.map((step) => step.request_id)).forEach((id) => this.#entries.get(id)?.renew(now));
    this.#list.append(...Array.from(fresh.values(), (log) => this.#entry(log, 'li')));
    this.#showEnds();
  }

  #entry(log, item) {
    const entry = document.createElement('log-entry');
    entry.log = log;
    this.#entries.set(log.requestId, entry);
    this.#seen.observe(entry);
    return element(item, {}, entry);
  }

  #forget(item) {
    const entry = item.firstElementChild;
    this.#seen.unobserve(entry);
    this.#entries.delete(entry.log.requestId);
    item.remove();
  }

  /** What could not be asked is asked again when it is next scrolled to, or unfolded. */
  async #completeSeen(changes) {
    for (const { target } of changes.filter(({ isIntersecting }) => isIntersecting)) {
      if (await target.complete()) {
        this.#seen.unobserve(target);
      }
    }
  }

  /** What goes on takes longer by the second; a range that ends now leaves its oldest behind. */
  #tick() {
    const now = serverNow();
    for (const entry of this.#entries.values()) {
      if (!entry.log.ended) {
        entry.renew(now);
      }
    }
    if (this.#live && this.#filters.range) {
      this.#dropOlderThan(Date.parse(asParameters(this.#filters, now).since));
    }
  }

  #dropOlderThan(since) {
    let last = this.#list.lastElementChild;
    while (last?.firstElementChild?.log && Date.parse(last.firstElementChild.log.latest.created_at) < since) {
      this.#forget(last);
      last = this.#list.lastElementChild;
    }
    this.#showEnds();
  }

  #clear() {
    this.#seen.disconnect();
    this.#entries.clear();
    this.#held.clear();
    this.#pill.hidden = true;
    this.#list.replaceChildren();
    this.#showEnds();
  }

  #showEnds() {
    if (!this.#pages) {
      return; // nothing has been answered yet
    }
    const some = this.#list.children.length > 0;
    this.#list.hidden = !some;
    this.#more.hidden = !some || !this.#pages?.hasNext;
    this.#end.hidden = !some || !this.#more.hidden;
    this.#empty.hidden = some || !this.#notice.hidden;
    if (!this.#empty.hidden) {
      this.#empty.replaceChildren(...nothing(this.#filters));
    }
  }

  #tellCount({ count, countLimited = false }) {
    this.#count = count;
    this.#countLimited = countLimited;
    this.dispatchEvent(new CustomEvent('count', { detail: { count, countLimited } }));
  }

  #showSkeletons() {
    this.#list.setAttribute('aria-busy', 'true');
    this.#list.replaceChildren(...Array.from({ length: SKELETONS }, () =>
      element('li.skeleton', { 'aria-hidden': 'true' }, element('span.block'), element('span.line'), element('span.line.short'))));
  }
}

function sentence({ message, errors }, passes) {
  if (errors?.length > 0) {
    return `This can't be looked for: ${message}`;
  }
  return passes ? `${message} It is asked again in a few seconds.` : message;
}

function nothing(filters) {
  return Object.keys(filters).length > 0
    ? [element('h3', {}, 'Nothing matches.'), element('p.dim', {}, 'No step in the log is like that. Take a filter away, or a longer time.'),
        element('a.button', { href: '/logs' }, 'Show everything')]
    : [element('h3', {}, 'Nothing has been asked for yet.'), element('p.dim', {}, 'Every step of every picture will be here.'),
        element('a.button.primary', { href: '/generate' }, 'Make the first picture')];
}

customElements.define('log-table', LogTable);
