/**
 * Who is signed in, and the way out: `<account-bar>`. Where access is open there is nothing to see of it. Fires `access`, with
 * whether this page may read, when that is known.
 */

import { endSession, findSession } from '../client/api.js';
import { element } from '../client/elements.js';
import { linkTo } from '../client/links.js';
import { cameByLink, forgetSession, rememberedSession, rememberSession } from '../client/session.js';

class AccountBar extends HTMLElement {
  #name = element('strong', { dir: 'auto' });
  #keys = element('a', { href: linkTo('/keys'), hidden: true }, 'Keys');
  #in = element('span.in', { hidden: true }, element('span', {}, 'Signed in as ', this.#name), this.#keys,
    element('button.quiet', { type: 'button', click: () => this.#signOut() }, 'Sign out'));
  #out = element('button.quiet', { type: 'button', hidden: true, click: () => this.#signIn(true) }, 'Sign in');

  connectedCallback() {
    this.replaceChildren(this.#in, this.#out);
    if (location.pathname === linkTo('/keys')) {
      this.#keys.setAttribute('aria-current', 'page');
    }
    this.#showIn(rememberedSession());
    document.addEventListener('visibilitychange', this.#renew);
    document.addEventListener('session', this.#renew);
    this.#renew();
    if (cameByLink()) {
      this.#signIn(false);
    }
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.#renew);
    document.removeEventListener('session', this.#renew);
  }

  #renew = async () => {
    if (document.hidden) {
      return;
    }
    try {
      this.#show(await findSession());
    } catch {
      // each page says itself that it hears nothing
    }
  };

  #show(session) {
    const isIn = session.mode === 'required' && session.signedIn;
    if (isIn && !rememberSession(session)) {
      location.reload(); // in another tab somebody else has signed in
      return;
    }
    const mayRead = session.mode === 'open' || Boolean(isIn && session.scopes.includes('read'));
    this.dispatchEvent(new CustomEvent('access', { bubbles: true, detail: mayRead }));
    this.#out.hidden = session.mode !== 'required' || isIn;
    this.#showIn(isIn ? rememberedSession() : null);
  }

  #showIn(remembered) {
    this.#in.hidden = !remembered;
    this.#name.textContent = remembered?.name ?? '';
    this.#keys.hidden = !remembered?.scopes.includes('operate');
  }

  /** @param {boolean} wanted then all that was refused before is asked for anew */
  async #signIn(wanted) {
    const { signIn } = await import('../client/sign-in.js');
    if ((await signIn(wanted)) && wanted) {
      location.reload();
    }
  }

  async #signOut() {
    try {
      await endSession();
    } catch {
      return this.#renew(); // still signed in, and the bar still says so
    }
    forgetSession();
    location.assign(linkTo('/'));
  }
}

customElements.define('account-bar', AccountBar);
