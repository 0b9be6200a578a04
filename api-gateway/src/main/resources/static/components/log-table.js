/**
 * The log, newest first, one entry per request: `<log-table>`. Set `filters` to ask anew, `live` to follow what is
 * written.
 *
 * Tells of `problem` (`detail` is the {@link Problem}, or null once an answer has come) and of `count`
 * (`detail` is `{count, countLimited}`).
 */

import './log-entry.js';
import { serverNow } from '../client/clock.js';
import { element } from '../client/elements.js';
import { FollowLogs } from '../client/follow-logs.js';
import { number } from '../client/format.js';
import { linkTo } from '../client/links.js';
import { asParameters } from '../client/log-filters.js';
import { KEPT, LogList } from '../client/log-list.js';
import { LogPages } from '../client/log-pages.js';
import { repeatWhileVisible } from '../client/repeat.js';

const SKELETONS = 6;
const RETRY_AFTER = 5_000;

/** Pages that are asked for in a row while they hold nothing new: of a search some may be empty. */
const PAGES_AT_ONCE = 20;

class LogTable extends HTMLElement {
  #filters = {};
  #live = false;
  #pages;
  #logs = new LogList();
  #entries = new Map();
  #follow;
  #asking = new AbortController();
  #retry;
  #stopClock;
  #latest;
  /** Which filters the rows were found with. */
  #foundWith = '';
  #isLost = false;
  #count = { count: 0, countLimited: false };

  #trouble = element('span');
  #again = element('button.quiet', { type: 'button', hidden: true, click: () => this.#load() }, 'Try again');
  #notice = element('div.notice.bad', { role: 'alert', hidden: true }, this.#trouble, this.#again);
  #connection = element('p.notice.waiting', { role: 'status' });
  #pill = element('button.primary.pill', { type: 'button', hidden: true, click: () => this.#goToNew() });
  #list = element('ol.entries.sheet', { role: 'list', 'aria-label': 'Requests, newest first' });
  #empty = element('div.sheet.empty', { hidden: true });
  #more = element('button.more', { type: 'button', hidden: true, click: () => this.#loadMore() }, 'Load more');
  #end = element('p.end.dim.small', { hidden: true, tabindex: '-1' }, 'These are all.');
  #seen = new IntersectionObserver((changes) => this.#completeSeen(changes), { rootMargin: '400px' });

  connectedCallback() {
    this.replaceChildren(this.#notice, this.#connection, element('div.pill-place', { role: 'status' }, this.#pill),
      this.#list, this.#empty, element('div.foot', {}, this.#more, this.#end));
    this.#list.replaceChildren(...Array.from({ length: SKELETONS }, skeleton));
    this.#stopClock = repeatWhileVisible(async () => this.#tick(), 1_000);
  }

  disconnectedCallback() {
    this.#asking.abort();
    clearTimeout(this.#retry);
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
    if (live && !this.#isAsking()) {
      this.#startFollowing();
    }
    if (!live) {
      this.#letIn();
    }
  }

  async #load() {
    this.#stopFollowing();
    clearTimeout(this.#retry);
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#list.setAttribute('aria-busy', 'true');
    const pages = new LogPages(this.#filters);
    try {
      const begun = new Date(serverNow()).toISOString();
      const reply = await pages.next(this.#asking.signal);
      this.#begin(pages);
      this.#latest = reply.logs[0]?.created_at ?? begun;
      this.#tellCount(reply.count, reply.countLimited);
      this.#append(reply.logs);
      await this.#appendUntilMoreThan(0);
      this.#answered();
      if (this.#live) {
        this.#startFollowing();
      }
    } catch (failure) {
      this.#failed(failure, pages);
    }
  }

  async #loadMore() {
    const known = this.#list.children.length;
    this.#more.setAttribute('aria-busy', 'true');
    try {
      await this.#appendUntilMoreThan(known);
      this.#answered();
      (this.#list.children[known]?.querySelector('a.prompt') ?? this.#end).focus({ preventScroll: true });
    } catch (failure) {
      this.#failed(failure);
    }
  }

  /** A page may have but earlier steps of those that are shown, or none. */
  async #appendUntilMoreThan(known) {
    const { signal } = this.#asking;
    for (let page = 0; page < PAGES_AT_ONCE && this.#list.children.length <= known && this.#pages.hasNext; page += 1) {
      this.#append((await this.#pages.next(signal)).logs);
    }
  }

  #isAsking() {
    return this.#list.hasAttribute('aria-busy') || !this.#pages;
  }

  #answered() {
    this.#list.removeAttribute('aria-busy');
    this.#more.removeAttribute('aria-busy');
    this.#notice.hidden = true;
    this.#showEnds();
    this.dispatchEvent(new CustomEvent('problem', { detail: null }));
  }

  /**
   * What may pass is asked again; what is wrong with the question is told to whoever shows the fields.
   *
   * @param {LogPages} [anew] where it was the first page that failed
   */
  #failed(failure, anew) {
    if (failure.name === 'AbortError') {
      return;
    }
    this.#more.removeAttribute('aria-busy');
    const passes = Boolean(failure.passes && anew);
    this.#trouble.textContent = sentence(failure, passes);
    this.#again.hidden = passes || failure.errors?.length > 0 || !anew;
    this.#notice.hidden = false;
    if (passes) {
      this.#hideOthers();
      this.#retry = setTimeout(() => this.#load(), RETRY_AFTER); // until then what was there before stays
    } else if (anew) {
      this.#list.removeAttribute('aria-busy');
      this.#begin(anew);
    }
    this.dispatchEvent(new CustomEvent('problem', { detail: failure }));
  }

  /** Rows that were found with other filters would look as if they matched these. */
  #hideOthers() {
    const isOther = this.#foundWith !== JSON.stringify(this.#filters);
    this.#list.hidden = isOther;
    [this.#more, this.#end, this.#empty, this.#pill].forEach((part) => (part.hidden ||= isOther));
    if (isOther) {
      this.#tellCount(undefined);
    }
  }

  #startFollowing() {
    this.#stopFollowing();
    this.#follow = new FollowLogs(this.#filters, this.#pages, this.#latest);
    this.#follow.addEventListener('steps', ({ detail }) => this.#heard(detail));
    this.#follow.addEventListener('reset', () => this.#load());
    this.#follow.addEventListener('connection', ({ detail }) => {
      this.#isLost = detail === 'lost';
      this.#connection.textContent = this.#isLost ? 'The connection is lost. It is tried again; nothing will be missing.' : '';
    });
    this.#follow.start();
  }

  #stopFollowing() {
    this.#follow?.stop();
    this.#follow = undefined;
    this.#isLost = false;
    this.#connection.textContent = '';
  }

  #heard({ logs, complete }) {
    const { added, changed } = this.#logs.hear(logs, complete);
    this.#latest = logs[0].created_at > (this.#latest ?? '') ? logs[0].created_at : this.#latest;
    this.#tellCount(this.#count.count + added, this.#count.countLimited || !complete);
    this.#renew(changed);
    if (this.#isRead()) {
      this.#pill.hidden = this.#logs.waiting === 0;
      this.#pill.textContent = `${this.#logs.waiting < KEPT ? number(this.#logs.waiting) : `${KEPT} or more`} new`;
    } else {
      this.#letIn();
    }
  }

  /** Somebody reads further down, has unfolded something, or goes through it with the keyboard: then nothing moves under them. */
  #isRead() {
    return this.#list.getBoundingClientRect().top < -8
      || this.#list.querySelector('details[open], li:not(:first-child) :focus-visible') !== null;
  }

  /** Shows the requests that wait, on top; live, the list gets no longer by that. */
  #letIn() {
    const { logs, replaces } = this.#logs.letIn();
    if (replaces) {
      this.#removeAll();
    }
    this.#list.prepend(...logs.map((log) => this.#entry(log, 'li.new')).reverse());
    while (this.#live && logs.length > 0 && this.#list.children.length > KEPT) {
      this.#logs.letGo(this.#remove(this.#list.lastElementChild));
    }
    const resume = this.#logs.takeResume();
    if (resume) {
      this.#pages.continueAfter(resume);
    }
    this.#pill.hidden = true;
    this.#showEnds();
  }

  #goToNew() {
    this.#letIn();
    this.scrollIntoView({ block: 'start' });
    this.#list.querySelector('a.prompt')?.focus({ preventScroll: true });
  }

  #append(steps) {
    const { fresh, changed } = this.#logs.append(steps, this.#pages.hasNext);
    this.#renew(changed);
    this.#list.append(...fresh.map((log) => this.#entry(log, 'li')));
    this.#showEnds();
  }

  #renew(logs) {
    const now = serverNow();
    logs.forEach((log) => this.#entries.get(log)?.renew(now));
  }

  #entry(log, item) {
    const entry = document.createElement('log-entry');
    entry.log = log;
    this.#entries.set(log, entry);
    this.#seen.observe(entry);
    return element(item, {}, entry);
  }

  /** @returns {import('../client/request-log.js').RequestLog} whose entry it was */
  #remove(item) {
    const entry = item.firstElementChild;
    this.#seen.unobserve(entry);
    this.#entries.delete(entry.log);
    item.remove();
    return entry.log;
  }

  #removeAll() {
    this.#seen.disconnect();
    this.#entries.clear();
    this.#list.replaceChildren();
  }

  #begin(pages) {
    this.#pages = pages;
    this.#foundWith = JSON.stringify(this.#filters);
    this.#logs = new LogList();
    this.#removeAll();
    this.#pill.hidden = true;
    this.#showEnds();
  }

  /** What could not be asked is asked again when it is next scrolled to, or unfolded. */
  async #completeSeen(changes) {
    for (const { target } of changes.filter(({ isIntersecting }) => isIntersecting)) {
      if (await target.complete()) {
        this.#seen.unobserve(target);
      }
    }
  }

  /** What goes on takes longer by the second, as long as it is heard of; a range that ends now leaves its oldest behind. */
  #tick() {
    if (this.#isLost) {
      return;
    }
    this.#renew([...this.#entries.keys()].filter((log) => !log.ended));
    if (this.#live && this.#filters.range) {
      this.#dropBefore(Date.parse(asParameters(this.#filters).since));
    }
  }

  #dropBefore(since) {
    const isPast = (item) => Date.parse(item?.firstElementChild?.log?.latest.created_at) < since;
    while (isPast(this.#list.lastElementChild)) {
      this.#logs.drop(this.#remove(this.#list.lastElementChild));
    }
    this.#showEnds();
  }

  #showEnds() {
    if (!this.#pages) {
      return; // nothing has been answered yet
    }
    const some = this.#list.children.length > 0;
    this.#list.hidden = !some;
    this.#more.hidden = !this.#pages.hasNext || !this.#notice.hidden;
    this.#more.textContent = some ? 'Load more' : 'Search further back';
    this.#end.hidden = !some || this.#pages.hasNext;
    const nothing = !some && this.#notice.hidden;
    const told = JSON.stringify([this.#filters, this.#pages.hasNext]);
    if (nothing && this.#empty.dataset.told !== told) {
      this.#empty.dataset.told = told;
      this.#empty.replaceChildren(...nothingThere(this.#filters, this.#pages.hasNext));
    }
    this.#empty.hidden = !nothing;
  }

  #tellCount(count, countLimited = false) {
    this.#count = { count, countLimited };
    this.dispatchEvent(new CustomEvent('count', { detail: this.#count }));
  }
}

function skeleton() {
  return element('li.skeleton', { 'aria-hidden': 'true' }, element('span.block'), element('span.line'), element('span.line.short'));
}

function sentence({ message, errors }, passes) {
  if (errors?.length > 0) {
    return "This can't be looked for as it is: see the fields above.";
  }
  return passes ? `${message} It is asked again in a few seconds; until then nothing newer is shown.` : message;
}

function nothingThere(filters, mayBeFurtherBack) {
  if (mayBeFurtherBack) {
    return [element('h3', {}, 'Nothing was found yet.'), element('p.dim', {}, 'The newest steps are not like that. The log goes further back.')];
  }
  return Object.keys(filters).length > 0
    ? [element('h3', {}, 'Nothing matches.'), element('p.dim', {}, 'No step in the log is like that. Take a filter away, or a longer time.'),
        element('a.button', { href: linkTo('/logs') }, 'Show everything')]
    : [element('h3', {}, 'Nothing has been asked for yet.'), element('p.dim', {}, 'Every step of every picture will be here.'),
        element('a.button.primary', { href: linkTo('/generate') }, 'Make the first picture')];
}

customElements.define('log-table', LogTable);
