/**
 * The bar at the top of every page: `<site-navigation>`. It marks the page it stands on, and says what everybody has to
 * know: that a simulator draws, and what holds all pictures up, which an operator may have said in words of their own.
 */

import './account-bar.js';

import { findStats } from '../client/api.js';
import { serverNow } from '../client/clock.js';
import { element } from '../client/elements.js';
import { holdUp, nextTry } from '../client/hold-ups.js';
import { linkTo } from '../client/links.js';
import { repeatWhileVisible } from '../client/repeat.js';

const EVERY = 5_000;
const KEY = 'darkroom.provider';

const PLACES = [
  { href: linkTo('/generate'), text: 'Generate' },
  { href: linkTo('/logs'), text: 'Logs' },
  { href: linkTo('/operations'), text: 'Operations' },
  { href: linkTo('/swagger-ui.html'), text: 'API' },
];

class SiteNavigation extends HTMLElement {
  #stop;
  #timer;
  #nextTryAt;
  #badge = element('p.badge', { hidden: true }, 'Simulator – set NEBIUS_API_KEY for real pictures');
  #sentence = element('span', { role: 'status' });
  #when = element('span.numbers');
  #resume = element('a', { href: linkTo('/operations'), hidden: true }, 'Resume on the page Operations');
  #held = element('p.held', { hidden: true }, this.#sentence, ' ', this.#when, this.#resume);

  connectedCallback() {
    const nav = document.createElement('nav');
    nav.setAttribute('aria-label', 'Site');
    nav.append(this.#brand(), ...PLACES.map(({ href, text }) => this.#link(href, text)));
    const bar = element('div.site', {}, nav, this.#badge, element('account-bar'));
    this.replaceChildren(bar, this.#held);
    this.#badge.hidden = kept() !== 'simulator';
    this.#stop = repeatWhileVisible(() => this.#renew(), EVERY);
    this.#timer = setInterval(() => this.#tick(), 1_000);
  }

  disconnectedCallback() {
    this.#stop();
    clearInterval(this.#timer);
  }

  /** Asks now; whoever has just changed something need not wait. */
  renew() {
    return this.#renew();
  }

  async #renew() {
    try {
      const { provider, nebius } = await findStats();
      keep(provider);
      this.#badge.hidden = provider !== 'simulator';
      this.#hold(nebius);
    } catch {
      // each page says itself that it hears nothing
    }
  }

  #hold(nebius) {
    const { paused, code, nextTryAt } = nebius;
    this.#nextTryAt = nextTryAt;
    this.#held.hidden = !paused;
    this.#held.dataset.code = code ?? '';
    write(this.#sentence, paused ? inWords(nebius) : '');
    this.#resume.hidden = code !== 'paused' || location.pathname === linkTo('/operations');
    this.#tick();
  }

  /** Apart from the sentence, so that not every second is announced. */
  #tick() {
    const next = nextTry(this.#nextTryAt, serverNow());
    write(this.#when, next && `${next.charAt(0).toUpperCase()}${next.slice(1)}.`);
  }

  #brand() {
    const home = this.#link(linkTo('/'), '');
    home.className = 'brand';
    home.setAttribute('aria-label', 'Darkroom, home');
    const lamp = document.createElement('img');
    lamp.src = linkTo('/favicon.svg');
    lamp.alt = '';
    lamp.width = 28;
    lamp.height = 28;
    const name = document.createElement('span');
    name.textContent = 'Darkroom';
    home.append(lamp, name);
    return home;
  }

  #link(href, text) {
    const link = document.createElement('a');
    link.href = href;
    link.textContent = text;
    if (location.pathname === href) {
      link.setAttribute('aria-current', 'page');
    }
    return link;
  }
}

function inWords({ code, reason }) {
  const { sentence } = holdUp(code);
  return code === 'paused' && reason
    ? `${sentence}: ${ended(reason)} Jobs wait; their deadlines go on.`
    : `${sentence}. Jobs wait and are kept.`;
}

const ended = (sentence) => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);

function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** Known from the page before, so that nothing moves when it is heard again. */
function kept() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(provider) {
  try {
    sessionStorage.setItem(KEY, provider);
  } catch {
    // full or forbidden: then it is heard again on each page
  }
}

customElements.define('site-navigation', SiteNavigation);
