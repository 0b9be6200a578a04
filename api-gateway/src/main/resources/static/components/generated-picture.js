/**
 * A picture, or the place it will have: `<generated-picture>`. Its `job` (client/job.js) tells it what to show; `state`
 * is `waiting`, `arriving`, `arrived`, `delayed` (it is there, and can't be loaded now), `failed` or `removed`.
 *
 * It asks the page for a further job by the events `again`, whose `detail` is `{requestId, changes}` as for a replay, and
 * `vary`, whose `detail` are fields of `POST /api/generate`; what the page does not take (`preventDefault`), happens on the
 * form's page. It cancels its job itself.
 */

import { cancelButton } from '../client/cancel.js';
import { copyButton } from '../client/copy.js';
import { element } from '../client/elements.js';
import { failureInWords } from '../client/failures.js';
import { curlLine, drawSeed, formAddress } from '../client/job-fields.js';
import { loadPicture } from '../client/load-picture.js';

const REMOVED = ['This picture was removed', 'Pictures are kept for a while only. The same request gives the same picture again.'];

class GeneratedPicture extends HTMLElement {
  #job;
  #onChange = () => this.#show();
  #shown;
  #offers;
  #wasCancellable = false;
  #loadAgain = () => {};
  #more = [];
  #place = element('div.place');
  #note = element('div.state');
  #actions = element('div.actions', { role: 'group', 'aria-label': 'This picture' });
  #trouble = element('p.notice.bad.trouble', { role: 'alert' });

  /** @param {import('../client/job.js').Job} job */
  set job(job) {
    this.#job?.removeEventListener('change', this.#onChange);
    this.#job = job;
    if (this.isConnected) {
      this.#begin();
    }
  }

  get job() {
    return this.#job;
  }

  /** @param {HTMLElement[]} actions that only its page knows how to do; to be set before its job is known */
  set more(actions) {
    this.#more = actions;
  }

  connectedCallback() {
    this.#place.append(this.#note);
    this.replaceChildren(element('figure', {}, this.#place, this.#actions, this.#trouble));
    if (this.#job) {
      this.#begin();
    }
  }

  disconnectedCallback() {
    this.#job?.removeEventListener('change', this.#onChange);
  }

  #begin() {
    this.#job.addEventListener('change', this.#onChange);
    this.#show();
  }

  #show() {
    const { asked, imageUrl, imageRemovedAt, status, error } = this.#job;
    if (asked.width === undefined) {
      return; // nothing is known of it yet
    }
    this.toggleAttribute('stale', this.#job.isLost);
    this.style.setProperty('--width', asked.width);
    this.style.setProperty('--height', asked.height);
    if (status === 'completed' && imageUrl) {
      this.#bring(imageUrl);
    } else if (imageRemovedAt) {
      this.#become('removed', ...REMOVED);
    } else if (status === 'failed') {
      this.#become('failed', 'No picture', failureInWords(error?.code).title);
    } else {
      this.#become('waiting', '', `${asked.width} × ${asked.height}`);
    }
    this.#offer();
  }

  async #bring(imageUrl) {
    if (this.#shown === imageUrl) {
      return;
    }
    this.#shown = imageUrl;
    const { prompt, width, height } = this.#job.asked;
    const image = element('img', { alt: prompt, width, height, decoding: 'async' });
    this.#place.querySelector('img')?.remove();
    this.#place.prepend(image);
    this.#become('arriving', '', '');
    if (await loadPicture(image, imageUrl, (again) => this.#delay(again))) {
      this.#become('arrived', '', '');
    } else {
      image.remove();
      this.#become('removed', ...REMOVED);
    }
  }

  /** The button stays the same one, or whoever is about to press it would lose it. */
  #delay(again) {
    this.#loadAgain = again;
    if (this.getAttribute('state') !== 'delayed') {
      this.#become('delayed', 'The picture cannot be loaded at the moment', 'It is asked for again by itself.',
        element('button', { type: 'button', click: () => this.#loadAgain() }, 'Load it again'));
    }
  }

  #become(state, title, text, action) {
    this.setAttribute('state', state);
    this.#note.replaceChildren(...[title && element('strong', {}, title), text && element('span', {}, text), action].filter(Boolean));
  }

  /** All of them are there from the beginning, so that nothing moves when the picture comes. */
  #offer() {
    const { asked, imageUrl, hasEnded } = this.#job;
    this.#offers ??= this.#makeOffers();
    const { download, link, retry, again, vary } = this.#offers;
    if (imageUrl) {
      download.href = `${imageUrl}${imageUrl.includes('?') ? '&' : '?'}download`; // or a storage that it leads to would have it shown
      download.removeAttribute('aria-disabled');
    }
    link.disabled = !imageUrl;
    again.disabled = !hasEnded;
    retry.hidden = this.#job.status !== 'failed';
    [download, link].forEach((offer) => (offer.hidden = hasEnded && !imageUrl));
    vary.href = formAddress(asked);
    this.#offerToCancel();
  }

  /** Where it was offered, its place stays, so that nothing moves when the picture comes. */
  #offerToCancel() {
    const { cancel, retry, again, curl } = this.#offers;
    const { hasEnded, imageUrl } = this.#job;
    const wasFocused = cancel === document.activeElement;
    this.#wasCancellable ||= !hasEnded;
    cancel.classList.toggle('past', hasEnded);
    cancel.hidden = hasEnded && !(this.#wasCancellable && imageUrl);
    if (hasEnded && wasFocused) { // or whoever goes on with the keyboard would begin anew
      [retry, again, curl].find((offer) => offer.checkVisibility()).focus();
    }
  }

  #makeOffers() {
    const offers = {
      download: element('a.button', { role: 'link', download: '', 'aria-disabled': 'true' }, 'Download'),
      retry: this.#againButton('Try again', () => ({})),
      again: this.#againButton('Again with another seed', () => ({ seed: drawSeed() })),
      vary: this.#varyLink('Vary the prompt'),
      cancel: cancelButton(() => this.#job, this.#trouble),
      curl: copyButton('Copy curl line', () => curlLine(this.#job.asked)),
      link: copyButton('Copy link', () => new URL(this.#job.imageUrl, location.href).href),
    };
    [offers.curl, offers.link].forEach((offer) => offer.classList.add('quiet'));
    [offers.retry, offers.again, offers.vary].forEach((offer) => offer.classList.add('further'));
    this.#actions.replaceChildren(offers.download, offers.retry, offers.again, offers.vary, offers.cancel, element('span.break'), offers.curl, offers.link, ...this.#more);
    return offers;
  }

  #againButton(label, changed) {
    const ask = () => {
      const changes = changed();
      const { requestId, asked } = this.#job;
      if (this.#isUntaken('again', { requestId, changes })) {
        location.assign(formAddress({ ...asked, ...changes }));
      }
    };
    return element('button', { type: 'button', click: ask }, label);
  }

  #varyLink(label) {
    const ask = (click) => {
      const elsewhere = click.ctrlKey || click.metaKey || click.shiftKey; // a link that is to open there does
      if (!elsewhere && !this.#isUntaken('vary', this.#job.asked)) {
        click.preventDefault();
      }
    };
    return element('a.button', { href: formAddress(this.#job.asked), click: ask }, label);
  }

  #isUntaken(event, detail) {
    return this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, cancelable: true }));
  }
}

customElements.define('generated-picture', GeneratedPicture);
